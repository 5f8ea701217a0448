from sqlalchemy.orm import Session

from shop.engines import registry

KEY = "sync_session"


async def create_order(session: Session) -> object:
    params = {"total": 1}
    params["sync_session"] = session
    return registry.execute("orders.create", params=params | {"lines": 2})


async def create_line(session: Session) -> object:
    base = dict(sync_session=session)
    return registry.execute("lines.create", {**base, "total": 1})
