from shop.models.incident import Incident


class IncidentDriver:
    def __init__(self, session):
        self._session = session

    def resolve(self, incident_id, kind, summary):  #! incident-wiring, incident-wiring
        row = Incident(id=incident_id, resolution_type=kind, resolution_summary=summary)
        print(row)

    def fetch(self, incident_id):
        return self._session.get(Incident, incident_id)
