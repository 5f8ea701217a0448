from sqlalchemy import select, text

from shop.models.tables import Order


def orders(session):
    return session.execute(select(Order.id)).all()


def settle(session):
    session.execute(text("UPDATE payments SET id = 1")) #! one-concern
