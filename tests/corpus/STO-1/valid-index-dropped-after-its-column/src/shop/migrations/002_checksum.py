import sqlalchemy as sa
from alembic import op

revision = "002_checksum"
down_revision = "001_start"


def upgrade():
    if op.get_bind().dialect.name == "sqlite":
        # The table is made anew at the end: until then its indexes are known by name, whatever their columns.
        with op.batch_alter_table("carts") as batch:
            batch.drop_column("version")
            batch.drop_index("ix_name_version")
    else:
        op.drop_index("ix_name_version", table_name="carts")
        op.drop_column("carts", "version")


def downgrade():
    with op.batch_alter_table("carts") as batch:
        batch.add_column(sa.Column("version", sa.Text))
        batch.create_index("ix_name_version", ["name", "version"])
