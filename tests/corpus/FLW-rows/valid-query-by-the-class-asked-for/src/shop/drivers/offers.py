from sqlalchemy import exists
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer, Report

TENANTED = {Offer}
"""Tables with a tenant."""


class Store:
    def __init__(self, tenant: str) -> None:
        self.tenant = tenant

    def _query(self, session, model):
        return session.query(model)

    def listed(self, session: Session):
        return self._query(session, Line).order_by(Line.offer_id, Line.position).all()

    def coded(self, session: Session, code):
        return self._tenanted(session, Offer).filter(Offer.code == code).first()

    def _tenanted(self, session, model):
        query = session.query(model)
        if model in TENANTED:
            query = query.filter(model.tenant_id == self.tenant)
        return query


class TenantStore(Store):
    def _query(self, session, model):
        query = super()._query(session, model)
        if model is Offer:
            return query.filter(Offer.tenant_id == self.tenant)
        if model is Report:
            return query.join(Offer, Offer.code == Report.name).filter(Offer.tenant_id == self.tenant)
        if model is Line:
            return query.join(Offer, Offer.id == Line.offer_id).filter(Offer.tenant_id == self.tenant)
        return query


def alike(session: Session):
    """Rows that tie are the same in everything that is given."""
    return session.query(Line.article, Line.position).order_by(Line.position, Line.article.desc()).all()


def with_lines(session: Session):
    lines = exists().where(Line.offer_id == Offer.id, Line.article != "")
    return session.query(Offer).filter(~lines).order_by(Offer.id).all()


def holding(session: Session, article):
    held = session.query(Line.offer_id).filter(Line.article == article)
    return session.query(Offer).filter(Offer.id.in_(held)).order_by(Offer.id).all()
