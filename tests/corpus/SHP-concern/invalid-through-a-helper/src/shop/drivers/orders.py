from sqlalchemy import select

from shop.models.tables import Order, Payment


def orders(session):
    return session.execute(select(Order.id)).all(), _paid(session)


def _paid(session):
    return session.execute(select(Payment.id)).all()  #! one-concern
