from sqlalchemy.orm import Session

from shop.engines.registry import execute as run


async def create_order(session: Session) -> object:
    return run("orders.create", {"sync_session": session, "total": 1})
