from typing import TypeVar

from sqlalchemy.orm import Session

S = TypeVar("S", bound=Session)


def decide(session: S) -> S: #! no-session
    return session
