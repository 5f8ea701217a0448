from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.infra.models import Offer


def only(session: Session):
    return session.query(Offer).one_or_none()


def one_of(session: Session, tenant):
    return session.query(Offer).filter(Offer.tenant_id == tenant).one()


def executed(session: Session, tenant):
    return session.execute(select(Offer).where(Offer.tenant_id == tenant)).scalar_one_or_none()


def amount(session: Session, tenant):
    return session.query(Offer.price).filter_by(tenant_id=tenant).scalar()


def listed(session: Session):
    return session.query(Offer).order_by(Offer.price, Offer.id).all()


def of_the_one(session: Session, code):
    offer = session.query(Offer).filter(Offer.code == code).one()
    return [letter for letter in offer.code]


def how_many(session: Session, tenant):
    return {"offers": session.query(Offer).filter(Offer.tenant_id == tenant).count()}
