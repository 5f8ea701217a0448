from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.infra.models import Offer


def queried(session: Session, tenant):
    return session.query(Offer).filter(Offer.tenant_id == tenant).first()  #! rows-in-one-order


def executed(session: Session, tenant):
    return session.execute(select(Offer).where(Offer.tenant_id == tenant)).first()  #! rows-in-one-order


def scalars(session: Session, tenant):
    found = session.scalars(select(Offer).where(Offer.tenant_id == tenant))  #! rows-in-one-order
    return found.first()


def scalar(session: Session, tenant):
    return session.execute(select(Offer.price).where(Offer.tenant_id == tenant)).scalar()  #! rows-in-one-order


def price(session: Session, tenant):
    offer = session.query(Offer).filter(Offer.tenant_id == tenant).first()  #! rows-in-one-order
    return offer.price


def limited(session: Session, tenant):
    return session.query(Offer).filter(Offer.tenant_id == tenant).limit(1).one_or_none()  #! rows-in-one-order
