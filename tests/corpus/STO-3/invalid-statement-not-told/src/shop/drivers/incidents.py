from sqlalchemy import select, text

from shop.models.incident import Incident


class IncidentDriver:
    def __init__(self, session, order):
        self._session = session
        self._order = order

    def resolve(self, incident_id, table):
        self._session.execute(text(f"UPDATE {table} SET done = 1"))  #? sql-names-what-exists
        self._session.execute(
            text("UPDATE incidents SET resolution_type = 'x', resolution_summary = 'y' WHERE id = :id")
        )
        self._session.execute("DELETE FROM notes WHERE " + self._order)  #? sql-names-what-exists
        self._session.execute(select(Incident.id).order_by(text("made_at DESC")))  #? sql-names-what-exists

    def fetch(self, incident_id):
        return self._session.get(Incident, incident_id)
