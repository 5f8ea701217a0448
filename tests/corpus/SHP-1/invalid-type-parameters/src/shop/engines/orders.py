from typing import NewType

from sqlalchemy.orm import Session

Unit = NewType("Unit", Session)
type Maybe[T] = T | None
type Plain = Session


def bound[T: Session](given: T) -> None: ...  #! no-session


def constrained[T: (int, Session)](given: T) -> None: ...  #! no-session


def quoted[T: "Session"](given: "T | None") -> None: ...  #! no-session


class Box[T: Session]:
    def put(self, given: T) -> None: ...  #! no-session

    def both[U: int](self, one: U, other: T) -> None: ...  #! no-session


def unit(given: Unit) -> None: ...  #! no-session


def maybe(given: Maybe[Session]) -> None: ...  #! no-session


def plain(given: list[Plain]) -> None: ...  #! no-session
