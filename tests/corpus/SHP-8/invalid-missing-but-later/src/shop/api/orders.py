from sqlalchemy.orm import Session

from shop.engines.registry import execute


async def create_order(session: Session) -> object:
    return execute("orders.create", {"total": 1}) #! writes-pass-a-sync-session


async def create_line(session: Session) -> object:
    return execute("lines.create", {"sync_session": session})
