from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shop.infra.models import Offer


def open_ones(session: Session, tenant: str):
    query = select(Offer).where(Offer.tenant_id == tenant, Offer.withdrawn_at.is_(None), Offer.state == "open")
    return [offer.price for offer in session.scalars(query.order_by(Offer.code))]


def the_open_one(session: Session, tenant: str, code: str):
    statement = text(
        "SELECT price FROM offers WHERE tenant_id = :tenant AND code = :code AND state = 'open' AND withdrawn_at IS NULL"
    )
    return session.execute(statement, {"tenant": tenant, "code": code}).first()
