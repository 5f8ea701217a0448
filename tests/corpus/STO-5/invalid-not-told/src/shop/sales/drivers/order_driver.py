import sqlite3

from sqlalchemy import Table, text, update

from shop.models.tables import Base, Order


def anything(session, name: str, model: type[Base]):
    session.execute(update(model).values(done=True))  #? owners
    session.execute(text("UPDATE " + name + " SET done = true"))  #? owners


def columns(session, order_id, changes):
    session.execute(update(Order).values(changes))


def plain(path):
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO incidents (title) VALUES ('x')")  #! owners
    connection.execute(f"DELETE FROM {path}")  #? owners
