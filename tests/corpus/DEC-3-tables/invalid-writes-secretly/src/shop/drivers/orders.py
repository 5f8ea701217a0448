# Reads: Order
# Writes: none
from sqlalchemy import delete, select

from shop.models.tables import Order, Payment


def forget(session):
    """Only reads."""
    session.execute(select(Order.id))
    session.execute(delete(Payment))
