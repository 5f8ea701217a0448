import sqlalchemy as sa
from alembic import op

revision = "001_all"
down_revision = None


def upgrade():
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("placed_at", sa.DateTime, nullable=False),
        sa.Column("paid", sa.Boolean(create_constraint=True), nullable=False),
    )
    op.create_index("ix_orders_newest", "orders", [sa.text("placed_at DESC")])
    op.create_index("uq_orders_name_newest", "orders", ["name", sa.text("placed_at DESC NULLS LAST")], unique=True)
    if op.get_bind().engine.name == "postgresql":
        op.execute("CREATE INDEX trgm_orders_name ON orders USING gin (name gin_trgm_ops)")
    else:
        op.execute("CREATE INDEX ix_orders_paid ON orders (paid ASC)")


def downgrade():
    op.drop_table("orders")
