from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def fetch(session: Session, tenant):
    return session.scalar(select(Offer).where(Offer.tenant_id == tenant))  #! rows-in-one-order
