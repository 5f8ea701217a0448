from fastapi import APIRouter
from pydantic import BaseModel

from shop.http.old import Envelope

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
async def get_order(order_id: str) -> Envelope:  #! answers-are-envelopes
    return Envelope(payload=order_id)
