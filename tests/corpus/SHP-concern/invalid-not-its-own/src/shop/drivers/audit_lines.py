from sqlalchemy import select

from shop.models.tables import Line


def lines(session):
    return session.execute(select(Line.id)).all() #! one-concern
