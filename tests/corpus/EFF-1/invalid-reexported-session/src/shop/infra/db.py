from sqlalchemy.ext.asyncio import AsyncSession as Db

__all__ = ["Db"]
