from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def fetch(session: Session, newest):
    statement = select(Offer)
    if newest:
        statement = statement.order_by(Offer.created_at.desc(), Offer.id)
    return [row.code for row in session.scalars(statement)]  #! rows-in-one-order
