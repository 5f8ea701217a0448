import sqlalchemy as sa
from alembic import op

revision = "001_tables"
down_revision = None


def upgrade():
    op.create_table(
        "entries",
        sa.Column("id", sa.Integer, primary_key=True),
        schema="audit",
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("entry_id", sa.Integer, sa.ForeignKey("audit.entries.id")),
        schema="public",
    )


def downgrade():
    op.drop_table("orders")
    op.drop_table("entries", schema="audit")
