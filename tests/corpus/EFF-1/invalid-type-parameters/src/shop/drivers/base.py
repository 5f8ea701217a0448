from typing import NewType

from sqlalchemy.orm import Session

type Maybe[T] = T | None
Unit = NewType("Unit", Session)


class Base[S: Session]:
    def __init__(self, session: S) -> None:
        self.session = session

    def end(self) -> None:
        self.session.commit()  #! transaction-owner


class Keeper[S]:
    session: S


class Orders(Keeper[Session]):
    def save(self) -> None:
        self.session.commit()  #! transaction-owner


def same[T](given: T) -> T:
    return given


def made[T](kind: type[T]) -> T:
    return kind()


def save(session: Session) -> None:
    same(session).commit()  #! transaction-owner


def begin() -> None:
    made(Session).commit()  #! transaction-owner


def perhaps(session: Maybe[Session]) -> None:
    if session is not None:
        session.commit()  #! transaction-owner


def unit(session: Unit) -> None:
    session.commit()  #! transaction-owner


def matched(given: object) -> None:
    match given:
        case Session() as session:
            session.commit()  #! transaction-owner


def matched_inside(given: object) -> None:
    match given:
        case {"session": Session() as held}:
            held.commit()  #! transaction-owner


def unknown[T](given: T) -> None:
    given.commit()  #? transaction-owner
