from shop.infra.db import Db
async def save(db: Db) -> None:
    await db.rollback()  #! transaction-owner
