from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def by_email(session: Session):
    return [offer.price for offer in session.scalars(select(Offer).order_by(Offer.email))]  #! rows-in-one-order


def of_tenant(session: Session, tenant: str):
    query = select(Offer).where(Offer.tenant_id == tenant).order_by(Offer.number)
    return [offer.price for offer in session.scalars(query)]  #! rows-in-one-order


def without_email(session: Session):
    return session.scalars(select(Offer).where(Offer.email.is_(None))).first()  #! rows-in-one-order


def perhaps_without(session: Session, named: bool):
    email = "a@b" if named else None
    return session.scalars(select(Offer).where(Offer.email == email)).first()  #! rows-in-one-order


def either(session: Session):
    query = select(Offer).where(or_(Offer.email.is_not(None), Offer.price > 3)).order_by(Offer.email)
    return [offer.price for offer in session.scalars(query)]  #? rows-in-one-order


def by_badge(session: Session):
    """SQLite has no NULLS NOT DISTINCT."""
    return [offer.price for offer in session.scalars(select(Offer).order_by(Offer.badge))]  #! rows-in-one-order


def lines_and_offers(session: Session):
    query = select(Line, Offer).outerjoin(Offer, Line.offer_id == Offer.id).order_by(Offer.id)
    return session.execute(query).all()  #! rows-in-one-order
