from sqlalchemy.orm import Session
from sqlalchemy import select, text

from shop.drivers.orders import record
from shop.models import Order
def detect_late(session: Session) -> None:
    """Never UPDATE orders."""
    found: dict[int, str] = {}
    found.update({1: "late"})
    seen = set()
    seen.add(1)
    statement = select(Order.id)
    session.execute(statement)
    session.execute(text("SELECT id, 'DELETE FROM orders' FROM orders"))
    session.execute(text("INSERT INTO feedback (note) SELECT state FROM orders"))
    record(session)
