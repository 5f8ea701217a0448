from sqlalchemy.ext.asyncio import AsyncEngine

from shop.infra.work import in_transaction
async def save(engine: AsyncEngine) -> None:
    await in_transaction(engine, "SELECT 1")  #! transaction-owner
