from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from shop.api.moments import normalise
from shop.spine.registry import Context, Registry

router = APIRouter(prefix="/orders")


@router.get("")
async def list_orders(
    request: Request,
    registry: Registry,
    session: AsyncSession,
    as_of: Annotated[datetime | None, Query(description=(
            "The moment the answer is about: what was stored later is not in it, and what changed later is "
            "as it was. The moment the answer is about: what was stored later is not in it, and what changed "
            "later is as it was. The moment the answer is about: what was stored later is not in it, and "
            "what changed later is as it was. The moment the answer is about: what was stored later is not "
            "in it, and what changed later is as it was. The moment the answer is about: what was stored "
            "later is not in it, and what changed later is as it was. The moment the answer is about: what "
            "was stored later is not in it, and what changed later is as it was. The moment the answer is "
            "about: what was stored later is not in it, and what changed later is as it was. The moment the "
            "answer is about: what was stored later is not in it, and what changed later is as it was. The "
            "moment the answer is about: what was stored later is not in it, and what changed later is as it "
            "was. The moment the answer is about: what was stored later is not in it, and what changed later "
            "is as it was. The moment the answer is about: what was stored later is not in it, and what "
            "changed later is as it was. The moment the answer is about: what was stored later is not in it, "
            "and what changed later is as it was. "
        ))] = None,
    status: Annotated[str | None, Query(description=(
            "The moment the answer is about: what was stored later is not in it, and what changed later is "
            "as it was. The moment the answer is about: what was stored later is not in it, and what changed "
            "later is as it was. The moment the answer is about: what was stored later is not in it, and "
            "what changed later is as it was. The moment the answer is about: what was stored later is not "
            "in it, and what changed later is as it was. The moment the answer is about: what was stored "
            "later is not in it, and what changed later is as it was. The moment the answer is about: what "
            "was stored later is not in it, and what changed later is as it was. The moment the answer is "
            "about: what was stored later is not in it, and what changed later is as it was. The moment the "
            "answer is about: what was stored later is not in it, and what changed later is as it was. The "
            "moment the answer is about: what was stored later is not in it, and what changed later is as it "
            "was. The moment the answer is about: what was stored later is not in it, and what changed later "
            "is as it was. The moment the answer is about: what was stored later is not in it, and what "
            "changed later is as it was. The moment the answer is about: what was stored later is not in it, "
            "and what changed later is as it was. "
        ))] = None,
    limit: Annotated[int, Query(ge=1, le=100, description=(
            "The moment the answer is about: what was stored later is not in it, and what changed later is "
            "as it was. The moment the answer is about: what was stored later is not in it, and what changed "
            "later is as it was. The moment the answer is about: what was stored later is not in it, and "
            "what changed later is as it was. The moment the answer is about: what was stored later is not "
            "in it, and what changed later is as it was. The moment the answer is about: what was stored "
            "later is not in it, and what changed later is as it was. The moment the answer is about: what "
            "was stored later is not in it, and what changed later is as it was. The moment the answer is "
            "about: what was stored later is not in it, and what changed later is as it was. The moment the "
            "answer is about: what was stored later is not in it, and what changed later is as it was. The "
            "moment the answer is about: what was stored later is not in it, and what changed later is as it "
            "was. The moment the answer is about: what was stored later is not in it, and what changed later "
            "is as it was. The moment the answer is about: what was stored later is not in it, and what "
            "changed later is as it was. The moment the answer is about: what was stored later is not in it, "
            "and what changed later is as it was. "
        ))] = 50,
):
    moment = normalise(as_of)
    params = {"method": "list", "as_of": moment, "limit": limit}
    orders = await registry.execute("orders.query", Context(session, request.state.tenant_id, params))
    return {"data": orders, "meta": {"as_of": moment}}
