# Reads: orders
# Writes: none
from sqlalchemy import select

from shop.models.tables import Order


def load(session):
    """INSERT INTO payments"""
    note = "DELETE FROM payments"  # UPDATE payments
    return note, session.execute(select(Order.id))
