"""Also speaks of payments, but only here: UPDATE payments."""

from sqlalchemy import select

from shop.models.tables import Line, Order, Setting

NOTE = "payments"


def orders(session):
    return session.execute(select(Order.id, Setting.id).join(Line, Line.id == Order.id)).all()
