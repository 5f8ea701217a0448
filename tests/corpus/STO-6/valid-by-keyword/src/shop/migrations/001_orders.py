import sqlalchemy as sa
from alembic import op

revision = "001_orders"
down_revision = None


def upgrade():
    op.create_table("tenants", sa.Column("id", sa.Integer, primary_key=True))
    op.create_table("orders", sa.Column("id", sa.Integer), sa.Column("tenant_id", sa.ForeignKey(column="tenants.id", name="fk_tenant")))


def downgrade():
    op.drop_table("orders")
    op.drop_table("tenants")
