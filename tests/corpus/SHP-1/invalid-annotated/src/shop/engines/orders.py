from typing import Annotated

from sqlalchemy.ext.asyncio import AsyncSession


def decide(session: Annotated[AsyncSession, "the caller's"]) -> int: #! no-session
    return 1
