from sqlalchemy.ext.asyncio import AsyncSession


def decide(session: AsyncSession, /) -> int: #! no-session
    return 1
