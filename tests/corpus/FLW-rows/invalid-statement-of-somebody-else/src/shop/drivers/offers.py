from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def fetch(session: Session, statement):
    return session.scalars(statement).all()  #? rows-in-one-order
