from sqlalchemy import update

from shop.models.incident import Incident


class IncidentDriver:
    def __init__(self, session):
        self._session = session

    def resolve(self, incident_id, kind, summary):  #! incident-wiring
        self._change(incident_id, resolution_summary=summary)

    def reopen(self, incident_id):
        self._change(incident_id, resolution_type=None, resolution_summary=None)

    def _change(self, incident_id, **values):
        self._session.execute(update(Incident).where(Incident.id == incident_id).values(**values))

    def fetch(self, incident_id):
        return self._session.get(Incident, incident_id)
