from sqlalchemy import update

from shop.drivers.base import BaseDriver
from shop.models.incident import Incident


class IncidentDriver(BaseDriver):
    def resolve(self, incident_id, kind, summary):
        values = {"resolution_type": kind} | dict(resolution_summary=summary)
        self._session.execute(update(Incident).where(Incident.id == incident_id).values(values))
