from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def _ids(session: Session, tenant: str):
    return [row.id for row in session.scalars(select(Offer).where(Offer.tenant_id == tenant))]  #! rows-in-one-order


def fetch(session: Session, tenant: str):
    lines = select(Line).where(Line.offer_id.in_(_ids(session, tenant)))
    return session.scalars(lines.order_by(Line.offer_id, Line.position)).all()


def identifiers(session: Session, tenant: str):
    return _ids(session, tenant)


def _codes(session: Session):
    return session.scalars(select(Offer.price)).all()  #! rows-in-one-order


READERS = {"codes": _codes}


def biggest(session: Session):
    return max(_codes(session))


def _prices(session: Session):
    return session.scalars(select(Offer.price)).all()  #! rows-in-one-order


def _again(session: Session, tries: int):
    prices = session.scalars(select(Offer.price)).all()  #! rows-in-one-order
    return prices or _and_again(session, tries)


def _and_again(session: Session, tries: int):
    return _again(session, tries - 1)


def _one(session: Session, model, **keys):
    return session.query(model).filter_by(**keys).first()  #! rows-in-one-order


def some_offer(session: Session, tenant: str):
    return _one(session, Offer, tenant_id=tenant)
