from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session


async def asked(given: object) -> None:
    if isinstance(given, AsyncSession):
        await given.commit()  #! transaction-owner


def asserted(given) -> None:
    assert isinstance(given, Session)
    given.commit()  #! transaction-owner


def refused(given: Any) -> None:
    if not isinstance(given, Session):
        raise TypeError(given)
    given.commit()  #! transaction-owner


def together(given: Any, ready: bool) -> None:
    if ready and isinstance(given, Session) and given.commit():  #! transaction-owner
        return


def either(given: Any) -> None:
    given.commit() if isinstance(given, (Session, bytes)) else given.close()  #! transaction-owner


def no_longer(given: Any, other: Any) -> None:
    if isinstance(given, Session):
        given = other
        given.commit()  #? transaction-owner


def outside(given: Any) -> None:
    if isinstance(given, Session):
        given.flush()
    given.commit()  #? transaction-owner
