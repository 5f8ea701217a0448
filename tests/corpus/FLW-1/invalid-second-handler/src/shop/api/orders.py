from datetime import datetime

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession

from shop.api.moments import normalise
from shop.spine.registry import Context, Registry

router = APIRouter(prefix="/orders")


@router.get("")
async def list_orders(
    request: Request, registry: Registry, session: AsyncSession, as_of: datetime | None = None, limit: int = 50
):
    moment = normalise(as_of)
    params = {"method": "list", "as_of": moment, "limit": limit}
    orders = await registry.execute("orders.query", Context(session, request.state.tenant_id, params))
    return {"data": orders, "meta": {"as_of": moment}}
