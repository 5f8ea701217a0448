from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from shop.models.tables import Incident, Order


def save(session, total):
    session.execute(insert(Order).values(total=total).on_conflict_do_nothing())


def incidents_of(session, order_id):
    return session.scalars(select(Incident).where(Incident.id == order_id)).all()
