import sqlalchemy as sa
from alembic import op

revision = "002_more"
down_revision = "001_start"


def upgrade():
    op.add_column("baskets", sa.Column("size", sa.Integer))  #! chain


def downgrade():
    op.drop_column("baskets", "size")  #! chain
