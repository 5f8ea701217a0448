from sqlalchemy import update

from shop.models.incident import Incident


class IncidentDriver:
    def __init__(self, session):
        self._session = session

    def resolve(self, incident_id, changes):  #? incident-wiring, incident-wiring
        self._session.execute(
            update(Incident).where(Incident.id == incident_id).values(**changes)  #? sql-names-what-exists
        )

    def fetch(self, incident_id):
        return self._session.get(Incident, incident_id)
