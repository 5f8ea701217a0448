from typing import Sequence

import sqlalchemy as sa
from alembic import op

revision = "001_first"
revision: str = "001_orders"
down_revision: str | None = "000_nothing"
PREFIX = "ord"
TABLE = PREFIX + "ers"
PREFIX = "customers"

down_revision: str | Sequence[str] | None
down_revision = None


class Names:
    index = "by_" + PREFIX


PREFIX = "nothing"


def upgrade():
    op.create_table(TABLE, sa.Column("id", sa.Integer, primary_key=True))
    op.create_index(Names.index, "orders", ["id"])


def downgrade():
    op.drop_index("by_customers")
    op.drop_table("orders")
