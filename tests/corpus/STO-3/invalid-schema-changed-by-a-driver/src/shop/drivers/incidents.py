from sqlalchemy import text, update

from shop.models.incident import Incident


class IncidentDriver:
    def __init__(self, session):
        self._session = session

    def resolve(self, incident_id, kind, summary):
        self._session.execute(text("CREATE TABLE IF NOT EXISTS extras (id INTEGER)"))  #! sql-names-what-exists
        self._session.execute(text("CREATE TEMPORARY TABLE scratch (id INTEGER)"))
        self._session.execute(text("PRAGMA foreign_keys = ON"))
        self._session.execute(update(Incident).values(resolution_type=kind, resolution_summary=summary))

    def fetch(self, incident_id):
        return self._session.get(Incident, incident_id)
