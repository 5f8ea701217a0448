import sqlalchemy as sa
from alembic import op

revision = "001_start"
down_revision = None


def upgrade():
    if sa.inspect(op.get_bind()).has_table("carts"):
        return
    op.create_table("carts", sa.Column("id", sa.Integer, primary_key=True))


def downgrade():
    op.drop_table("carts")
