from shop.models.incident import Incident  #! incident-wiring


class IncidentDriver:
    resolve = None

    def fetch(self, session, incident_id):
        return session.get(Incident, incident_id)
