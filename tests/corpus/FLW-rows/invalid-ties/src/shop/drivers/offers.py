from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def fetch(session: Session):
    return session.scalars(select(Offer).order_by(Offer.created_at.desc()).limit(20)).all()  #! rows-in-one-order
