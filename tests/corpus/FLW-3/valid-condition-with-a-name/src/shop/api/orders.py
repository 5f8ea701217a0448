from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from shop.api.auth import Principal, require_scope
from shop.spine.registry import Context, Registry

router = APIRouter(prefix="/orders")
Caller = Annotated[Principal, Depends(require_scope("orders:read"))]


class Cancel(BaseModel):
    order_id: int
    tenant_id: str | None = None


@router.get("")
async def list_orders(principal: Caller, registry: Registry, session: AsyncSession, status: str = "open"):
    params = {"method": "list", "status": status}
    return await registry.execute("orders", Context(session, principal.tenant_id, params))


@router.post("/cancel")
async def cancel(body: Cancel, principal: Caller, registry: Registry, session: AsyncSession):
    params = {"method": "cancel", "order_id": body.order_id}
    return await registry.execute("orders", Context(session, principal.tenant_id, params))
