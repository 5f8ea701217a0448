import sqlalchemy as sa
from alembic import op

revision = "001_start"
down_revision = None


def upgrade():
    op.create_table("carts", sa.Column("id", sa.Integer(), primary_key=True))
    row = op.get_bind().exec_driver_sql("SELECT verb FROM todo").first()
    op.execute(f"{row[0]} TABLE carts")  #? chain


def downgrade():
    op.drop_table("carts")
