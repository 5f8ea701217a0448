import sqlalchemy as sa
from alembic import op

revision = "002_change"
down_revision = "001_start"


def upgrade():
    op.rename_table("carts", "baskets")
    with op.batch_alter_table("baskets") as batch:
        batch.alter_column("name", new_column_name="label", type_=sa.String(20), nullable=False)
        batch.add_column(sa.Column("size", sa.Integer(), server_default="0"))
        batch.create_unique_constraint("uq_label", ["label"])
        batch.create_check_constraint("ck_size", "size >= 0")


def downgrade():
    with op.batch_alter_table("baskets") as batch:
        batch.drop_constraint("ck_size", type_="check")
        batch.drop_constraint("uq_label", type_="unique")
        batch.drop_column("size")
        batch.alter_column("label", new_column_name="name", type_=sa.String(10), nullable=True)
    op.rename_table("baskets", "carts")
