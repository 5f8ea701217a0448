from sqlalchemy.orm import Session

from shop.engines.registry import execute


async def create_order(db: Session) -> object:
    params = {'total': 1}
    params.update(sync_session=db)
    return execute('orders.create', params)
