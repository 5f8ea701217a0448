import sqlalchemy as sa
from alembic import op

# orders.tenant_id: ForeignKey("tenants.id")
revision = "001_orders"
down_revision = None


def upgrade():
    op.create_table("tenants", sa.Column("id", sa.Integer, primary_key=True))
    op.create_table("notes", sa.Column("tenant_id", sa.Integer, sa.ForeignKey("tenants.id")))
    op.create_table("orders", sa.Column("id", sa.Integer), sa.Column("tenant_id", sa.Integer))  #! orders-have-tenants


def downgrade():
    op.drop_table("orders")
    op.drop_table("notes")
    op.drop_table("tenants")
