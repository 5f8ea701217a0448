import sqlalchemy as sa
from alembic import op

revision = "002_notes"
down_revision: str | None = "001_orders"

down_revision = "001_orders"


def upgrade():
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade():
    op.drop_column("orders", "note")
