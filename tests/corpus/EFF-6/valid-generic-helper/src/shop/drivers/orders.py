from sqlalchemy.orm import Session
from shop.models import Base
def store(session: Session, row: Base) -> None:
    session.add(row)


def store_all(session: Session, *, row: Base) -> None:
    store(session, row)
