import enum

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import declarative_base

revision = "001_orders"
down_revision = None

Base = declarative_base()


class Later:
    pass


Later.state = "given afterwards"


class Order(Base):
    class State(enum.Enum):
        OPEN = 1
        CLOSED = 2

    __tablename__ = "orders"
    id = sa.Column(sa.Integer, primary_key=True)


def upgrade():
    sa.Enum(Order.State).create(op.get_bind(), checkfirst=True)
    op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))


def downgrade():
    print(Order.metadata, Order.__table__, Later.state)
    try:
        print(Later.nothing)
    except AttributeError:
        print("that is known")
    op.drop_table("orders")
    sa.Enum(Order.State).drop(op.get_bind(), checkfirst=True)
