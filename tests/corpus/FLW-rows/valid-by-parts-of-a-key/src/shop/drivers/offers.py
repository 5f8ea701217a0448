from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def fetch(session: Session, offer):
    return session.scalars(select(Line).where(Line.offer_id == offer).order_by(Line.position)).all()
