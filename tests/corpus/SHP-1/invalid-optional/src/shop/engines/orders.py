from typing import Optional

from sqlalchemy.ext.asyncio import AsyncSession


def decide(session: Optional[AsyncSession] = None) -> int: #! no-session
    return 1
