from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def fetch(session: Session, tenant):
    rows = session.scalars(select(Offer).where(Offer.tenant_id == tenant).order_by(Offer.code))
    return [row.price for row in rows]
