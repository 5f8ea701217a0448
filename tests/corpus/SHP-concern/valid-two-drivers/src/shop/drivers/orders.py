from sqlalchemy import select

from shop.models.tables import Order


def orders(session):
    return session.execute(select(Order.id)).all()
