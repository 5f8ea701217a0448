from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def _ids(session: Session, tenant: str):
    return [row.id for row in session.scalars(select(Offer).where(Offer.tenant_id == tenant))]


def _also_ids(session: Session, tenant: str):
    return _ids(session, tenant)


def fetch(session: Session, tenant: str):
    lines = select(Line).where(Line.offer_id.in_(_also_ids(session, tenant)))
    return session.scalars(lines.order_by(Line.offer_id, Line.position)).all()


def dearest(session: Session, tenant: str):
    return max(_ids(session, tenant))


def _one(session: Session, model, **keys):
    return session.query(model).filter_by(**keys).first()


def offer(session: Session, tenant: str, code: str):
    return _one(session, Offer, tenant_id=tenant, code=code)


def line(session: Session, offer_id: int, position: int):
    return _one(session, Line, offer_id=offer_id, position=position)


def _known(session: Session, ids: list[int], tenant: str | None = None):
    if tenant is None:
        return ids
    return [row.id for row in session.scalars(select(Offer).where(Offer.id.in_(ids), Offer.tenant_id == tenant))]


def lines_of(session: Session, ids: list[int]):
    lines = select(Line).where(Line.offer_id.in_(_known(session, ids)))
    return session.scalars(lines.order_by(Line.offer_id, Line.position)).all()


def count_of(session: Session, ids: list[int], tenant: str):
    return len(_known(session, ids, tenant))
