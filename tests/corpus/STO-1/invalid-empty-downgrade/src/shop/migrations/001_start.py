import sqlalchemy as sa
from alembic import op

revision = "001_start"
down_revision = None


def upgrade():
    op.create_table("carts", sa.Column("id", sa.Integer, primary_key=True))


def downgrade():  #! chain
    """Drops carts: op.drop_table("carts")."""
    pass
