from sqlalchemy import select, update

from shop.models.incident import Incident


class IncidentDriver:
    def __init__(self, session):
        self._session = session

    def resolve(self, incident_id, kind, summary):
        self._session.execute(
            update(Incident).values(resolution_type=kind, resolution_summary=summary).where(Incident.id == incident_id)
        )

    def fetch(self, incident_id):  #! incident-wiring, incident-wiring
        return self._session.execute(
            select(Incident.id).where(Incident.resolution_type == "x", Incident.resolution_summary.is_(None))
        ).all()
