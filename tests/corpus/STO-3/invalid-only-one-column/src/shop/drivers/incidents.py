from sqlalchemy import text

from shop.models.incident import Incident


class IncidentDriver:
    def __init__(self, session):
        self._session = session

    def resolve(self, incident_id, kind, summary):  #! incident-wiring
        self._session.execute(text("UPDATE incidents SET resolution_type = :k WHERE id = :i"))

    def fetch(self, incident_id):
        return self._session.get(Incident, incident_id)
