import sqlalchemy as sa
from alembic import op

revision = "001_start"
down_revision = None


def upgrade():
    op.create_table("carts", sa.Column("id", sa.Integer, primary_key=True), sa.Column("code", sa.String))
    op.create_index("ix_code", "carts", ["code"], unique=True)


def downgrade():
    op.drop_table("carts")
