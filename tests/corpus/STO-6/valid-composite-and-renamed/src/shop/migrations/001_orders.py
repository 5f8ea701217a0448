import sqlalchemy as sa
from alembic import op

revision = "001_orders"
down_revision = None


def upgrade():
    op.create_table(
        "clients", sa.Column("id", sa.Integer), sa.Column("region", sa.Integer), sa.PrimaryKeyConstraint("id", "region")
    )
    op.execute("CREATE TABLE orders (id INTEGER, client_id INTEGER, region INTEGER)")
    op.create_foreign_key("fk_orders", "orders", "clients", ["client_id", "region"], ["id", "region"])
    op.alter_column("orders", "client_id", new_column_name="tenant_id")
    op.execute("ALTER TABLE clients RENAME TO tenants")


def downgrade():
    op.drop_table("orders")
    op.drop_table("tenants")
