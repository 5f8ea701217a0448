from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def fetch(session: Session, tenant, code):
    session.scalar(select(func.count()).select_from(Offer))
    return session.scalar(select(Offer).where(Offer.tenant_id == tenant, Offer.code == code))
