from sqlalchemy.orm import Session

from shop.engines.registry import execute


async def create_order(session: Session) -> object:
    note = '"sync_session": session'
    return execute("orders.create", {"note": note}) #! writes-pass-a-sync-session
