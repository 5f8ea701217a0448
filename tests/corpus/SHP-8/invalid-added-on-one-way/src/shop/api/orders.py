from sqlalchemy.orm import Session

from shop.engines.registry import execute


async def create_order(session: Session, dry: bool) -> object:
    params = {"total": 1}
    if not dry:
        params["sync_session"] = session
    return execute("orders.create", params) #! writes-pass-a-sync-session
