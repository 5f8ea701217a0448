from sqlalchemy.ext.asyncio import AsyncEngine
async def in_transaction(engine: AsyncEngine, statement: str) -> None:
    async with engine.begin() as connection:
        await connection.exec_driver_sql(statement)
