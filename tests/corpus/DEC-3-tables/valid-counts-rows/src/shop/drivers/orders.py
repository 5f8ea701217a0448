# Reads: orders, payments
# Writes: none
from sqlalchemy import func, select

from shop.models.tables import Order, Payment


def count(session):
    return session.scalar(select(func.count()).select_from(Order).outerjoin(Payment))


def words(names):
    return ", ".join(names)
