import sqlalchemy as sa
from alembic import op

revision = "001_start"
down_revision = None


def upgrade():
    op.create_table(
        "carts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text),
        sa.Column("version", sa.Text),
    )
    op.create_index("ix_name_version", "carts", ["name", "version"])


def downgrade():
    op.drop_index("ix_name_version", table_name="carts")
    op.drop_table("carts")
