from sqlalchemy import update

from shop.models.incident import Incident


class IncidentDriver:
    def __init__(self, session):
        self._session = session

    def resolve(self, incident_id, kind, summary):  #! incident-wiring
        self._note(incident_id, resolution_summary=summary)

    def reopen(self, incident_id):
        self._note(incident_id, resolution_type=None)

    def _note(self, incident_id, **values):
        self._change(incident_id, **{"tenant_id": "t1", **values})

    def _change(self, incident_id, **values):
        row = self._session.get(Incident, incident_id)
        for name, value in values.items():
            setattr(row, name, value)

    def fetch(self, incident_id):
        return self._session.get(Incident, incident_id)
