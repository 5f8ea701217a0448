from sqlalchemy.orm import Session as Database

type Maybe[T] = T | None


class Order:
    class Line: ...

    def put[Session: int](self, given: Session, line: Line) -> None: ...


class Session: ...


def own[T: Session](given: T) -> None: ...


def maybe(given: Maybe[Session]) -> None: ...


def hidden[Database: Order](given: Database) -> None: ...
