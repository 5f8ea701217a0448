from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def fetch(session: Session):
    inner = select(Offer.id, Offer.code).order_by(Offer.id).subquery()
    return session.execute(select(inner.c.code)).all()  #! rows-in-one-order
