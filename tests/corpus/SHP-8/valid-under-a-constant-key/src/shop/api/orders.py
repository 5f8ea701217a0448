from sqlalchemy.orm import Session

from shop.engines.registry import execute

KEY = 'sync_session'


async def create_order(db: Session) -> object:
    return execute('orders.create', {KEY: db})
