from sqlalchemy import or_, select

from shop.infra.models import Offer


class OfferDriver:
    def __init__(self, session):
        self._session = session

    async def fetch_open(self, tenant_id, *, as_of):
        return await self._session.scalars(
            select(Offer).where(Offer.tenant_id == tenant_id, or_(Offer.expires_at.is_(None), Offer.expires_at > as_of))
        )


def is_open(row, as_of):
    return row.expires_at is None or row.expires_at > as_of
