import sqlalchemy as sa
from alembic import op

revision = "001_orders"
down_revision = None
PLANNED = "baskets"


def upgrade():
    op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))
    op.create_table("parcels", sa.Column("id", sa.Integer, primary_key=True))  #! agree


def downgrade():
    op.create_table("baskets", sa.Column("id", sa.Integer, primary_key=True))
