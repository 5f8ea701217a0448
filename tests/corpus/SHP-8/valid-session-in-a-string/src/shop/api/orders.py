from sqlalchemy.orm import Session

from shop.engines.registry import execute


async def create_order(db: Session) -> object:
    return execute('orders.create', {'sync_session': db, 'note': '"session": db'})
