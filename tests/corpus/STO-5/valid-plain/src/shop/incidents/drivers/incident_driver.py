from sqlalchemy import select, text, update

from shop.models.tables import Incident, Order


class IncidentDriver:
    def __init__(self, session):
        self._session = session

    def add(self, title):
        self._session.add(Incident(title=title))

    def close(self, incident_id):
        self._session.execute(update(Incident).where(Incident.id == incident_id).values(title="closed"))
        self._session.execute(text("DELETE FROM incident_notes WHERE incident_id = :id"), {"id": incident_id})

    def with_order(self, incident_id):
        """Reads UPDATE orders SET total = 1 as words."""
        order = self._session.get(Order, incident_id)
        return order.total, self._session.scalars(select(Incident)).all()
