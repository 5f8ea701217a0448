from sqlalchemy.orm import Session


def decide(*sessions: Session, **named: int) -> int: #! no-session
    return 1


def also(*, by_name: dict[str, Session]) -> int: #! no-session
    return 1
