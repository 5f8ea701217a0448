import sqlalchemy as sa
from alembic import op

revision = "001_start"
down_revision = None


def upgrade():
    op.create_table("carts", sa.Column("id", sa.Integer(), primary_key=True))
    index = op.get_bind().exec_driver_sql("SELECT relname FROM pg_class WHERE relname = 'carts'").first()
    op.execute(f"REINDEX TABLE {index[0]}")
    op.execute(f"UPDATE carts SET id = {index[1]}")


def downgrade():
    op.drop_table("carts")
