from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from shop.models import tables
from shop.models.tables import Incident as Row
from shop.models.tables import notes

WRITE = "UPDATE " + tables.INCIDENTS + " SET title = :title"


class OrderDriver:
    def __init__(self, session: Session) -> None:
        self._session = session

    def raw(self):
        self._session.execute(text(WRITE))  #! owners

    def core(self):
        self._session.execute(update(Row).values(title="x"))  #! owners
        statement = delete(tables.Incident)  #! owners
        self._session.execute(statement.where(Row.id == 1))
        self._session.execute(notes.insert().values(body="x"))  #! owners

    def orm(self):
        self._session.add(tables.Incident(title="x"))  #! owners
        for row in self._session.scalars(select(Row)):
            row.title += "!"  #! owners
        first = self._session.query(Row).first()
        self._session.delete(first)  #! owners
        self._session.query(Row).filter(Row.id == 1).update({"title": "x"})  #! owners
        return _made()


def _made():
    row = Row(title="x")  #! owners
    return row
