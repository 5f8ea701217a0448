from alembic import op

revision = "001_raw"
down_revision = None
TABLE = "orders"


def upgrade():
    op.execute(
        f"""
        -- the first table
        CREATE TABLE {TABLE} (
            id BIGINT PRIMARY KEY,
            status VARCHAR(20) NOT NULL DEFAULT 'open',
            CONSTRAINT ck_status CHECK (status <> '')
        )
        """
    )
    op.execute("ALTER TABLE orders ADD COLUMN note TEXT")
    op.execute("CREATE INDEX ix_orders_status ON orders (status)")
    op.execute("INSERT INTO orders (id, status) VALUES (1, 'open')")


def downgrade():
    op.execute("DROP INDEX ix_orders_status")
    op.execute("ALTER TABLE orders DROP COLUMN note")
    op.execute("DROP TABLE orders")
