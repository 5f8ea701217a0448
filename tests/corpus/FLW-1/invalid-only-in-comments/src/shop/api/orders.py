from datetime import datetime

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession

from shop.api.moments import normalise
from shop.spine.registry import Context, Registry

router = APIRouter(prefix="/orders")


# as_of: normalise(as_of), then params["as_of"]
@router.get("")
async def list_orders(request: Request, registry: Registry, session: AsyncSession, limit: int = 50):  #! as-of-end-to-end
    """Accepts as_of, normalise(as_of), "as_of": as_of."""
    params = {"method": "list", "limit": limit}
    orders = await registry.execute("orders.query", Context(session, request.state.tenant_id, params))
    return {"data": orders}
