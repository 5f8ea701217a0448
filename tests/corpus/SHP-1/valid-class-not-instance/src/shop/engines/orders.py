from sqlalchemy.orm import Session


def name_of(kind: type[Session]) -> str:
    return kind.__name__
