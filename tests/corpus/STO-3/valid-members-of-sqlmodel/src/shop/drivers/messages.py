from shop.models.message import Message
from sqlmodel import Session, select


def save(session: Session, data: dict) -> dict:
    row = Message.model_validate(data)
    session.add(row)
    return {"fields": list(Message.model_fields), "schema": Message.model_json_schema(), **row.model_dump()}


def find(session: Session, text: str) -> list[Message]:
    table = Message.__table__
    names = (table.name, Message.__table__.name, table.metadata, [column.name for column in table.columns])
    assert names
    return list(session.exec(select(Message).where(table.c.text == text, Message.__table__.c.id > 1)))
