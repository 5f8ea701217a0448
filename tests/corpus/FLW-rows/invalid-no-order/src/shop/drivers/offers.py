from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def fetch(session: Session):
    return list(session.scalars(select(Offer)))  #! rows-in-one-order
