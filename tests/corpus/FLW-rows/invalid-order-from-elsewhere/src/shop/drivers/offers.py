from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.infra.models import Offer


def listed(session: Session, wanted):
    return session.scalars(select(Offer).order_by(*wanted)).all()  #? rows-in-one-order


def ended(session: Session, wanted):
    return session.scalars(select(Offer).order_by(*wanted, Offer.id)).all()


def unordered(session: Session, wanted):
    return session.scalars(select(Offer).where(*wanted)).all()  #! rows-in-one-order
