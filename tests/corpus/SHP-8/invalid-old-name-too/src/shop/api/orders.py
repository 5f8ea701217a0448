from sqlalchemy.orm import Session

from shop.engines.registry import execute


async def create_order(session: Session) -> object:
    return execute("orders.create", {"session": session, "sync_session": session}) #! writes-pass-a-sync-session
