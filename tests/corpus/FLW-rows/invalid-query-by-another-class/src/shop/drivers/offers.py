from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer

TENANTED = {Line}


class Store:
    def __init__(self, tenant: str) -> None:
        self.tenant = tenant

    def coded(self, session: Session, code):
        return self._tenanted(session, Offer).filter(Offer.code == code).first()  #! rows-in-one-order

    def _tenanted(self, session, model):
        query = session.query(model)
        if model in TENANTED:
            query = query.filter(model.tenant_id == self.tenant)
        if model is not Offer:
            query = query.order_by(model.id)
        return query


def alike(session: Session):
    return session.query(Line.article, Line.position).order_by(Line.position).all()  #! rows-in-one-order
