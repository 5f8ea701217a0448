import enum

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import declarative_base

revision = "001_orders"
down_revision = None

Base = declarative_base()


class Order(Base):
    class State(enum.Enum):
        OPEN = 1
        CLOSED = 2

    __tablename__ = "orders"
    id = sa.Column(sa.Integer, primary_key=True)


def upgrade():
    sa.Enum(Order.State).create(op.get_bind(), checkfirst=True)
    op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))


def downgrade():  #! chain
    op.drop_table("orders")
    sa.Enum(Order.Status).drop(op.get_bind(), checkfirst=True)
