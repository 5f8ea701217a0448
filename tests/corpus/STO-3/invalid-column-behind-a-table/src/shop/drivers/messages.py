from shop.models.message import Message
from sqlmodel import Session, select


def find(session: Session, text: str) -> list[Message]:
    table = Message.__table__
    return list(session.exec(select(Message).where(table.c.words == text)))  #! sql-names-what-exists


def count(session: Session) -> int:
    return len(session.exec(select(Message).where(Message.__table__.c.length > 1)).all())  #! sql-names-what-exists
