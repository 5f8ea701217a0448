import sqlalchemy as sa
from alembic import op

revision = "001_start"
down_revision = None


def upgrade():
    op.create_table("ledger", sa.Column("id", sa.Integer, primary_key=True))
    if op.get_context().dialect.name == "postgresql":
        op.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$")


def downgrade():  #! chain
    op.drop_table("ledger")
