from sqlalchemy import CheckConstraint, ForeignKey, Integer, Text, orm

try:
    from sqlalchemy.orm import declarative_base, mapped_column

    _Column = mapped_column
except ImportError:
    from sqlalchemy import Column as _Column
    from sqlalchemy.ext.declarative import declarative_base

Base = declarative_base()


class Order(Base):
    __tablename__ = "orders"
    id = _Column(Integer, primary_key=True)
    body = _Column(Text())


class Note(Base):
    __tablename__ = "notes"
    __table_args__ = (CheckConstraint("id > 0 AND\n (order_id > 0)"),)
    id = _Column(Integer, primary_key=True)
    order_id = _Column(Integer, ForeignKey("orders.id"))
    order = orm.relationship(Order, backref=orm.backref("notes"))


def noted():
    return Order(body="x", notes=[Note()])
