from typing import Generic, TypeVar

from sqlalchemy.orm import Session

S = TypeVar("S")
Bounded = TypeVar("Bounded", bound=Session)


class Base(Generic[S]):
    def __init__(self, session: S) -> None:
        self.session = session

    def current(self) -> "S":
        return self.session


def ended(session: Bounded) -> Bounded:
    return session
