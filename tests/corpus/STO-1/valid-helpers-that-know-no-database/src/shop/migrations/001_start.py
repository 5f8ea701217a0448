import sqlalchemy as sa
from alembic import op

from shop.checksums import checksum

revision = "001_start"
down_revision = None


def upgrade():
    carts = op.create_table("carts", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("sum", sa.Text()))
    bind = op.get_bind()
    for row in bind.execute(sa.select(carts)):
        bind.execute(sa.update(carts).where(carts.c.id == row.id).values(sum=checksum(row.lines)))


def downgrade():
    op.drop_table("carts")
