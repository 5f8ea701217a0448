from sqlalchemy import select

from shop.models.tables import Payment


def payments(session):
    return session.execute(select(Payment.id)).all()
