import sqlalchemy as sa
from alembic import op

revision = "001_all"
down_revision = None


def upgrade():
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(9), nullable=False),
        sa.Column("slug", sa.String(9), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True)),
    )
    op.execute("CREATE UNIQUE INDEX one_code ON orders (code) WHERE gone_at IS NULL")
    op.create_index("one_slug", "orders", ["slug"], unique=True)


def downgrade():
    op.drop_table("orders")
