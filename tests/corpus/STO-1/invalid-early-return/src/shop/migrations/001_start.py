import sqlalchemy as sa
from alembic import op

revision = "001_start"
down_revision = None


def upgrade():
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM settings")):  #? chain
        return
    op.create_table("carts", sa.Column("id", sa.Integer, primary_key=True))


def downgrade():
    op.drop_table("carts")
