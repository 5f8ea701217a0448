from sqlalchemy.orm import Session

from shop.infra.models import Offer


def first(session: Session, **keys):
    return session.query(Offer).filter_by(**keys).first()  #? rows-in-one-order


def first_of(session: Session, conditions):
    return session.query(Offer).filter(*conditions).first()  #? rows-in-one-order
