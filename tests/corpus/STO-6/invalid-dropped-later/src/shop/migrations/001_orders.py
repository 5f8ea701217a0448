import sqlalchemy as sa
from alembic import op

revision = "001_orders"
down_revision = None


def upgrade():
    op.create_table("tenants", sa.Column("id", sa.Integer, primary_key=True))
    op.create_table(  #! orders-have-tenants
        "orders",
        sa.Column("id", sa.Integer),
        sa.Column("tenant_id", sa.Integer, sa.ForeignKey("tenants.id", name="fk_orders_tenant")),
    )
    op.drop_constraint("fk_orders_tenant", "orders", type_="foreignkey")


def downgrade():
    op.drop_table("orders")
    op.drop_table("tenants")
