from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def _page(statement, limit):
    return statement.order_by(Offer.created_at.desc(), Offer.id).limit(limit)


class Offers:
    def __init__(self, session: Session):
        self._session = session

    def fetch(self, tenant, limit, cheap):
        statement = select(Offer).where(Offer.tenant_id == tenant)
        if cheap:
            statement = statement.where(Offer.price < 10)
        return self._run(_page(statement, limit))

    def _run(self, statement):
        return [row.code for row in self._session.scalars(statement)]
