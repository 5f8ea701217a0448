from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


def model() -> type[Order]:
    """The class, not an Order."""
    return Order
