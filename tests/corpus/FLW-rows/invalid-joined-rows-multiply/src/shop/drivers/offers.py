from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def fetch(session: Session):
    rows = session.execute(  #! rows-in-one-order
        select(Offer.code, Line.article).join(Line, Line.offer_id == Offer.id).order_by(Offer.id)
    )
    return [(row.code, row.article) for row in rows]
