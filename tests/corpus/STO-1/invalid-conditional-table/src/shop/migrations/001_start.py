import os

import sqlalchemy as sa
from alembic import op

revision = "001_start"
down_revision = None


def upgrade():
    if os.environ.get("CARTS"):  #? chain
        op.create_table("carts", sa.Column("id", sa.Integer, primary_key=True))
    asked = op.get_bind().scalar(sa.text("SELECT count(*) FROM settings"))
    op.create_table("parcels", sa.Column("id", sa.Integer, primary_key=True)) if asked else None


def downgrade():
    op.drop_table("carts")
    op.drop_table("parcels")
