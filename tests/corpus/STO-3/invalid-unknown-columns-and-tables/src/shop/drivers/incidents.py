from sqlalchemy import insert, select, text

from shop.models.incident import Incident, notes


class IncidentDriver:
    def __init__(self, session):
        self._session = session

    def resolve(self, incident_id, kind, summary):
        self._session.execute(
            text("UPDATE incidents SET resolution_type = :k, resolution_summary = :s, resolved_at = :n")  #! sql-names-what-exists
        )
        self._session.execute(insert(Incident).values(id=1, sevrity="x"))  #! sql-names-what-exists
        self._session.execute(notes.insert().values(incident_id=1, body="x", author="y"))  #! sql-names-what-exists

    def fetch(self, incident_id):
        self._session.execute(text("SELECT id FROM incident"))  #! sql-names-what-exists
        self._session.execute(select(Incident.id).where(Incident.closed.is_(None)))  #! sql-names-what-exists
        self._session.execute(select(notes.c.body).where(notes.c.maker == "me"))  #! sql-names-what-exists
        self._session.execute(text("SELECT n.body, i.title FROM incidents i JOIN notes n ON n.incident_id = i.id"))  #! sql-names-what-exists
        return self._session.get(Incident, incident_id)
