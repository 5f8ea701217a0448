from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def fetch(session: Session):
    statement = select(Offer).order_by(Offer.id)
    return session.scalars(statement.order_by(None)).all()  #! rows-in-one-order
