from sqlalchemy.orm import Session

from shop.engines.registry import execute


async def create_order(db: Session) -> object:
    params = {'sync_session': db}
    params.pop('sync_session')
    return execute('orders.create', params)  #? writes-pass-a-sync-session, writes-pass-a-sync-session
