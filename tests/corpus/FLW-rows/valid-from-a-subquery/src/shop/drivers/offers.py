from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def fetch(session: Session):
    ranked = select(Offer.id, Offer.code, func.row_number().over(order_by=Offer.id).label("place")).subquery()
    return session.execute(select(ranked.c.code).where(ranked.c.place < 4).order_by(ranked.c.id)).all()
