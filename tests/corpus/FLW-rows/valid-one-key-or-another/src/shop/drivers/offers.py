from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def offer(session: Session, offer_id: int | None, tenant: str, code: str):
    unique = Offer.id == offer_id if offer_id else (Offer.tenant_id == tenant) & (Offer.code == code)
    return session.query(Offer).where(unique).first()


def counted(session: Session):
    lines = session.scalars(select(Line)).all()
    return len(lines), sum(line.position for line in lines)


def latest(session: Session):
    offers = session.query(Offer).order_by(Offer.id).all()
    return [offer.with_lines(session.query(Line).order_by(Line.offer_id, Line.position).all()) for offer in offers]


def withdraw(session: Session, offer_id: int, tenant: str):
    offer = session.query(Offer).filter(Offer.id == offer_id).first()
    session.delete(offer)
    if session.query(Offer).filter(Offer.tenant_id == tenant).first() is None:
        raise LookupError(tenant)


def with_last_line(session: Session):
    last = select(Line.position).where(Line.offer_id == Offer.id).limit(1).scalar_subquery()
    return session.execute(select(Offer, last.label("last")).order_by(Offer.id)).all()


def drop_unless_used(session: Session, tenant: str):
    hit = session.scalars(select(Offer.id).where(Offer.tenant_id == tenant).limit(1)).first()
    if hit is None:
        return
    if session.scalar(select(Line.article).limit(1)) and not session.scalars(select(Offer)).first():
        raise LookupError(tenant)
