import sqlalchemy as sa
from alembic import op

revision = "001_start"
down_revision = None


def upgrade():
    op.create_table("carts", sa.Column("id", sa.Integer, primary_key=True))
    op.create_index("ix_total", "carts", ["total"])  #! chain


def downgrade():
    op.drop_table("carts")
