from sqlalchemy import select, update

from shop.models.incident import Incident


class BaseDriver:
    def __init__(self, session):
        self._session = session

    @property
    def selection(self):
        return select(Incident)

    def fetch(self, incident_id):
        return self._session.scalars(self.selection.where(Incident.id == incident_id)).first()
