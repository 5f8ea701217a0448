import sqlalchemy as sa
from alembic import op

revision = "002_more"
down_revision = "001_tables"


def upgrade():
    op.create_table("parcels", sa.Column("id", sa.Integer, primary_key=True))  #! owners


def downgrade():
    op.drop_table("parcels")
