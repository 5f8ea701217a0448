from fastapi import APIRouter
from pydantic import BaseModel

from shop.http.envelope import Envelope, wrap

router = APIRouter(prefix="/orders")


class OrderOut(BaseModel):
    id: str


@router.get(
    "/{order_id}",
    summary="One order",
    description="As it was stored",
    tags=["orders"],
    deprecated=False,
)
async def get_order(order_id: str):  #! answers-are-envelopes
    return wrap(OrderOut(id=order_id))
