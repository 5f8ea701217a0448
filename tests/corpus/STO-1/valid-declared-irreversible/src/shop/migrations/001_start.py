import sqlalchemy as sa
from alembic import op

revision = "001_irreversible"
down_revision = None


def upgrade():
    op.create_table("carts", sa.Column("id", sa.Integer, primary_key=True))


def downgrade():
    raise NotImplementedError("the carts are needed")
