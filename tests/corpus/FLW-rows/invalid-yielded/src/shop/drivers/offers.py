from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


async def fetch(session):
    rows = await session.stream_scalars(select(Offer))  #! rows-in-one-order
    async for row in rows:
        yield row.code
