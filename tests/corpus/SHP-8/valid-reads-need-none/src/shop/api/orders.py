from sqlalchemy.orm import Session

from shop.engines.registry import execute


async def list_orders() -> object:
    return execute("orders.list", {})


async def create_order(session: Session) -> object:
    return execute("orders.create", {"sync_session": session})
