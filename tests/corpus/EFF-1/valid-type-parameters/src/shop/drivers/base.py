class Session:
    """A visit of a customer, not one of a database."""

    def commit(self) -> None: ...


type Maybe[T] = T | None


class Base[S: Session]:
    def __init__(self, session: S) -> None:
        self.session = session

    def end(self) -> None:
        self.session.commit()


def same[T](given: T) -> T:
    return given


def made[T](kind: type[T]) -> T:
    return kind()


def save(session: Session) -> None:
    same(session).commit()
    made(Session).commit()


def perhaps(session: Maybe[Session]) -> None:
    if session is not None:
        session.commit()


def matched(given: object) -> None:
    match given:
        case Session() as session:
            session.commit()
        case [Session() as first, *_]:
            first.commit()
