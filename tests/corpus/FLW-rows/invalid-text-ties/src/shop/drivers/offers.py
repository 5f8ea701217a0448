from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def fetch(session: Session):
    return session.execute(text("SELECT code FROM offers ORDER BY price LIMIT 10")).all()  #! rows-in-one-order
