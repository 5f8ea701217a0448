from sqlalchemy import update

from shop.models.incident import Incident


class IncidentDriver:
    def __init__(self, session):
        self._session = session

    def resolve(self, incident_id, kind, summary):
        self._change(incident_id, resolution_type=kind, resolution_summary=summary)

    def replace(self, incident_id, changes):
        self._change(incident_id, **changes)

    def _change(self, incident_id, **values):
        self._session.execute(update(Incident).where(Incident.id == incident_id).values(**values))  #? sql-names-what-exists

    def fetch(self, incident_id):
        return self._session.get(Incident, incident_id)
