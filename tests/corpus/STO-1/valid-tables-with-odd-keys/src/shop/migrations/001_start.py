import sqlalchemy as sa
from alembic import op

revision = "001_start"
down_revision = None

LENGTHS = {sa.String(10).length: 10, (sa.Text(), "text"): 20}
BY_TYPE = {kind: kind.length for kind in (sa.String(10), sa.String(20))}
NAME = str(LENGTHS) + str(BY_TYPE)


def upgrade():
    print(NAME, LENGTHS, BY_TYPE)
    op.create_table("carts", sa.Column("id", sa.Integer, primary_key=True))


def downgrade():
    op.drop_table("carts")
