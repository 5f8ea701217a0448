import sqlalchemy as sa
from alembic import op

revision = "001_orders"
down_revision = None


def upgrade():
    op.create_table("tenants", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text))
    op.execute(  #! orders-have-tenants
        "CREATE TABLE orders (id INTEGER, parent INTEGER REFERENCES tenants (id), tenant_id TEXT REFERENCES tenants (name))"
    )


def downgrade():
    op.drop_table("orders")
    op.drop_table("tenants")
