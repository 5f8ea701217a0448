"""INSERT INTO incidents (resolution_type, resolution_summary); SELECT id, resolution_type, resolution_summary."""
from sqlalchemy import select

from shop.models.incident import Incident

FIELDS = ["resolution_type", "resolution_summary"]


class IncidentDriver:
    def __init__(self, session):
        self._session = session

    def resolve(self, incident_id, kind, summary):  #! incident-wiring, incident-wiring
        """Writes resolution_type and resolution_summary."""
        resolution_type, resolution_summary = kind, summary
        return resolution_type, resolution_summary

    def fetch(self, incident_id):  #! incident-wiring, incident-wiring
        # selects resolution_type and resolution_summary
        return self._session.execute(select(Incident.id)).all()
