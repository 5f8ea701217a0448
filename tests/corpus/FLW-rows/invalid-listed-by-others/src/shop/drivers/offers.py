import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def as_text(session: Session):
    return json.dumps([row.code for row in session.scalars(select(Offer))])  #! rows-in-one-order


def with_lines(session: Session):
    lines = session.scalars(select(Line)).all()  #! rows-in-one-order
    offers = session.query(Offer).order_by(Offer.id).all()
    return [offer.with_lines(lines) for offer in offers]


def without_a_code(session: Session, tenant: str):
    offers = session.query(Offer).filter(Offer.tenant_id == tenant, Offer.code.is_(None))
    return offers.first()  #! rows-in-one-order


def either(session: Session, tenant: str, code: str | None, at_all: bool):
    found = Offer.tenant_id == tenant if at_all else Offer.code == code
    return session.query(Offer).where(found).first()  #! rows-in-one-order


class Page(list):
    def __init__(self, items, token):
        super().__init__(items)
        self.token = token


def page(session: Session):
    offers = session.query(Offer).all()  #! rows-in-one-order
    return Page([offer.code for offer in offers], "next")


def withdraw_one(session: Session, tenant: str):
    offer = session.query(Offer).filter(Offer.tenant_id == tenant).first()  #! rows-in-one-order
    session.delete(offer)


def raise_one(session: Session, tenant: str):
    offer = session.query(Offer).filter(Offer.tenant_id == tenant).first()  #! rows-in-one-order
    offer.price = 1


class Store:
    def __init__(self, sessions):
        self.sessions = sessions

    def _lines(self, session):
        found = {}
        for line in session.query(Line).all():  #! rows-in-one-order
            found.setdefault(line.offer_id, []).append(line)
        return found

    def offers(self):
        with self.sessions() as session:
            lines = self._lines(session)
            offers = session.execute(select(Offer).order_by(Offer.id)).scalars().all()
            return Page([offer.to_entity(lines=lines.get(offer.id)) for offer in offers], "next")


def tell(session: Session, tenant: str):
    hit = session.scalars(select(Offer.id).where(Offer.tenant_id == tenant).limit(1)).first()  #! rows-in-one-order
    if hit is not None:
        raise LookupError(f"there is {hit}")


def tell_later(session: Session, tenant: str):
    hit = session.scalar(select(Offer.id).where(Offer.tenant_id == tenant))  #! rows-in-one-order

    def told():
        return hit

    if hit is not None:
        return told()
    return None
