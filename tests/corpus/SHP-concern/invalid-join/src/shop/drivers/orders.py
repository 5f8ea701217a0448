from sqlalchemy import select

from shop.models import tables as t


def paid(session):
    return session.execute(select(t.Order.id).join(t.Payment, t.Payment.id == t.Order.id)).all() #! one-concern
