from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def fetch(session: Session):
    rows = session.execute(
        select(func.date(Offer.created_at).label("day"), func.sum(Offer.price)).group_by("day").order_by("day")
    )
    return rows.all()
