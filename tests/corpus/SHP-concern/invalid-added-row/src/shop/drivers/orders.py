from sqlalchemy import select

from shop.models.tables import Order, Payment


def pay(session):
    session.execute(select(Order.id))
    session.add(Payment(id=1)) #! one-concern
