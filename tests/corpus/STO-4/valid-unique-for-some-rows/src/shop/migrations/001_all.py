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
    op.execute("CREATE UNIQUE INDEX one_code ON orders (code) WHERE (gone_at is null)")
    op.create_index("one_slug", "orders", ["slug"], unique=1, sqlite_where=sa.text("slug  <> ''"))
    op.execute("CREATE UNIQUE INDEX one_gone ON orders (code, gone_at) WHERE gone_at IS NOT NULL")
    op.execute("CREATE INDEX by_time ON orders (gone_at) WHERE gone_at IS NOT NULL")


def downgrade():
    op.drop_table("orders")
