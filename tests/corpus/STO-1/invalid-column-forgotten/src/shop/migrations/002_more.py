import sqlalchemy as sa
from alembic import op

revision = "002_more"
down_revision = "001_start"


def upgrade():
    op.add_column("carts", sa.Column("size", sa.Integer))
    op.alter_column("carts", "total", nullable=False)


def downgrade():  #! chain
    op.drop_column("carts", "size")
