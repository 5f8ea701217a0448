from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def fetch(session: Session):
    number = func.count().label("number")
    rows = session.execute(select(Offer.tenant_id, number).group_by(Offer.tenant_id).order_by(number.desc()))  #! rows-in-one-order
    return [(row.tenant_id, row.number) for row in rows]
