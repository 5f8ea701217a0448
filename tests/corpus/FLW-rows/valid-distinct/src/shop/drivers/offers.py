from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def fetch(session: Session):
    return session.scalars(select(Offer.tenant_id).distinct().order_by(Offer.tenant_id)).all()
