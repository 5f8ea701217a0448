from sqlalchemy import select

from shop.models.tables import Order, Payment


def orders(session):
    return session.execute(select(Order.id)).all()


def payments(session):
    return session.execute(select(Payment.id)).all() #! one-concern
