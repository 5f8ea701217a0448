from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def fetch(session: Session):
    return session.scalars(select(Offer.tenant_id).distinct().order_by(func.length(Offer.tenant_id))).all()  #! rows-in-one-order
