import sqlalchemy as sa
from alembic import op

revision = "001_orders"
down_revision = None


def upgrade():
    op.create_table(
        "customers", sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("name", sa.String(30), nullable=False)
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger, nullable=False),
        sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("colour", sa.Enum("RED", name="colour")),
        sa.Column("total", sa.Numeric(12, 2).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("extra", sa.JSON, nullable=False),
        sa.Column("state", sa.String, nullable=False, server_default="open"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint("number > 0", name="ck_orders_positive"),
    )
    op.create_index("uq_number", "orders", ["customer_id", "number"], unique=True)
    op.create_index("ix_order_created", "orders", ["created_at"])
    op.create_index("ix_orders_state", "orders", ["state"])
    op.create_table("legacy_orders", sa.Column("id", sa.Integer, primary_key=True))


def downgrade():
    op.drop_table("legacy_orders")
    op.drop_table("orders")
    op.drop_table("customers")
