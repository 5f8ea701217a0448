from sqlalchemy import insert

from shop.models.tables import Incident, Order


def add(session, title):
    session.execute(insert(Incident).values(title=title))


def refund(session, order_id):
    order = session.get(Order, order_id)
    order.total = 0  #! owners
