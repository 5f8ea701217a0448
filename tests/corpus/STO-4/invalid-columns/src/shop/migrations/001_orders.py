import sqlalchemy as sa
from alembic import op

revision = "001_orders"
down_revision = None


def upgrade():
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("right", sa.Float(), nullable=False),
        sa.Column("extra", sa.Integer()),
    )
    op.drop_column("orders", "gone")


def downgrade():
    op.drop_table("orders")
