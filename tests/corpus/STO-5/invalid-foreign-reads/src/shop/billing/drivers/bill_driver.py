from sqlalchemy import select, text

from shop.models.tables import Incident, Order


def bills(session):
    session.scalars(select(Incident)).all()
    session.execute(select(Incident.id).join(Order, Order.id == Incident.id))  #! owners
    session.execute(text("SELECT i.id FROM incidents i JOIN orders o ON o.id = i.id"))  #! owners
    return session.scalars(select(Order)).all()  #! owners
