from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def fetch(session: Session):
    return sorted(row.id for row in session.scalars(select(Offer)))


def newest(session: Session):
    return session.scalars(select(Offer).order_by(Offer.id.desc()).limit(1)).one()
