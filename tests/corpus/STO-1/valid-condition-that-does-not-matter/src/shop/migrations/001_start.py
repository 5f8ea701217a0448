import os

import sqlalchemy as sa
from alembic import context, op

revision = "001_start"
down_revision = None


def upgrade():
    if context.is_offline_mode():
        print("offline")
    op.create_table("carts", sa.Column("id", sa.Integer, primary_key=True))
    if os.environ.get("SEED"):
        op.execute("INSERT INTO carts (id) VALUES (1)")


def downgrade():
    op.drop_table("carts")
