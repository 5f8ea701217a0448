from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def fetch(session: Session):
    prices = {row.code: row.price for row in session.scalars(select(Offer))}
    return prices, {row.id for row in session.scalars(select(Offer))}


def is_any(session: Session):
    return session.scalar(select(Offer.id).limit(1)) is not None


def newest(session: Session):
    return session.scalars(select(Offer).order_by(Offer.id.desc()).limit(1)).one()
