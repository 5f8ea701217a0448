from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shop.infra.models import Offer


def of_tenant(session: Session, tenant: str):
    query = select(Offer).where(Offer.tenant_id == tenant).order_by(Offer.code)
    return [offer.price for offer in session.scalars(query)]  #! rows-in-one-order


def by_slug(session: Session):
    return [offer.price for offer in session.scalars(select(Offer).order_by(Offer.slug))]  #! rows-in-one-order


def first_of(session: Session, tenant: str, code: str):
    return session.scalars(select(Offer).where(Offer.tenant_id == tenant, Offer.code == code)).first()  #! rows-in-one-order


def not_withdrawn(session: Session, tenant: str):
    statement = text("SELECT price FROM offers WHERE tenant_id = :tenant AND withdrawn_at IS NULL ORDER BY code")
    return session.execute(statement, {"tenant": tenant}).all()  #! rows-in-one-order


def of_some_state(session: Session, tenant: str, state: str):
    query = select(Offer).where(Offer.tenant_id == tenant, Offer.withdrawn_at.is_(None), Offer.state == state)
    return [offer.price for offer in session.scalars(query.order_by(Offer.code))]  #? rows-in-one-order
