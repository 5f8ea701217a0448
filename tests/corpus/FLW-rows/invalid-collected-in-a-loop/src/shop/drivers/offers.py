from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def fetch(session: Session):
    found = []
    for row in session.scalars(select(Offer).where(Offer.price > 3)):  #! rows-in-one-order
        found.append({"code": row.code})
    return found
