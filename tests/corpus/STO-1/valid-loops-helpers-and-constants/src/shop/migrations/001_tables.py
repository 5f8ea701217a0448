import sqlalchemy as sa
from alembic import op

from shop.migrations.helpers import PREFIX, stamped, unstamped

revision = "001_tables"
down_revision = None
TABLES = ("orders", "baskets", "parcels")


def upgrade():
    for name in TABLES:
        stamped(name, sa.Column("weight", sa.Numeric(10, 2)))
        op.create_index(f"ix_{name}", f"{PREFIX}{name}", ["weight", sa.text("created_at DESC")])


def downgrade():
    for name in reversed(TABLES):
        op.drop_index("ix_%s" % name)
        unstamped(name)
