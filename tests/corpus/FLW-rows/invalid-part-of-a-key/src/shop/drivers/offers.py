from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def fetch(session: Session):
    rows = session.scalars(select(Line).order_by(Line.position))  #! rows-in-one-order
    return [row.article for row in rows]
