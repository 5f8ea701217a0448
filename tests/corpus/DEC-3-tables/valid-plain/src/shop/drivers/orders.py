# Reads: orders (by id), Payment
# Writes: Payment
from sqlalchemy import select, update

from shop.models.tables import Order, Payment

NOTE = "DELETE FROM orders"


def pay(session):
    session.execute(select(Order.id).join(Payment, Payment.id == Order.id))
    session.execute(update(Payment).where(Payment.id == 1).values(id=2))
