from sqlalchemy.orm import Session
from shop.models import Base
def store(session: Session, row: Base) -> None:
    keep(row, into=session)


def keep(thing: Base, into: Session) -> None:
    into.add(thing)
