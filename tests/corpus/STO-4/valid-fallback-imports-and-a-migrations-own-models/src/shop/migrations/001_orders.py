import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session, declarative_base

revision = "001_orders"
down_revision = None
Base = declarative_base()


class Order(Base):
    """The table as it was then."""

    __tablename__ = "orders"
    id = sa.Column(sa.Integer, primary_key=True)
    old = sa.Column(sa.Text)


def upgrade():
    op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("old", sa.Text))
    session = Session(bind=op.get_bind())
    for order in session.query(Order).all():
        order.old = "x"
    op.alter_column("orders", "old", new_column_name="body")
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("order_id", sa.Integer, sa.ForeignKey("orders.id")),
        sa.CheckConstraint("id > 0 AND (order_id > 0)"),
    )


def downgrade():
    op.drop_table("notes")
    op.drop_table("orders")
