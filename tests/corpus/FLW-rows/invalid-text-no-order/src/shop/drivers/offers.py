from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def fetch(session: Session):
    rows = session.execute(text("SELECT id, code FROM offers -- ORDER BY id"))  #! rows-in-one-order
    return [dict(row._mapping) for row in rows]
