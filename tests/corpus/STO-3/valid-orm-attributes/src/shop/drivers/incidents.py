from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.models.incident import Incident


class IncidentDriver:
    def __init__(self, session: Session) -> None:
        self._session = session

    def resolve(self, incident_id, kind, summary):
        row = self._row(incident_id)
        if row is not None:
            row.resolution_type = kind
            for column, value in {"resolution_summary": summary}.items():
                setattr(row, column, value)

    def _row(self, incident_id) -> Incident | None:
        return self._session.scalars(select(Incident).where(Incident.id == incident_id)).one_or_none()

    def fetch(self, incident_id):
        return self._row(incident_id)
