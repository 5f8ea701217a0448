from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def fetch(session: Session, column):
    return session.scalars(select(Offer).order_by(getattr(Offer, column))).all()  #? rows-in-one-order
