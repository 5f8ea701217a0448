import os

import sqlalchemy as sa
from alembic import op
from vendor_types import Shape

revision = "001_orders"
down_revision = None


def upgrade():
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("shape", Shape()),
        sa.Column("size", sa.Integer),
    )
    if os.environ.get("BASKETS"):
        op.create_table("baskets", sa.Column("id", sa.Integer, primary_key=True))


def downgrade():
    op.drop_table("orders")
