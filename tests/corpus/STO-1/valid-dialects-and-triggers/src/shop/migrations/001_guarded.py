import sqlalchemy as sa
from alembic import op

revision = "001_guarded"
down_revision = None


def _on_postgresql():
    return op.get_bind().dialect.name == "postgresql"


def upgrade():
    op.create_table("ledger", sa.Column("id", sa.Integer, primary_key=True))
    if _on_postgresql():
        op.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$")
        op.execute("CREATE TRIGGER ledger_kept BEFORE UPDATE ON ledger FOR EACH ROW EXECUTE FUNCTION refuse()")
    else:
        op.execute("CREATE TRIGGER ledger_kept BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'no'); END")


def downgrade():
    op.drop_table("ledger")
    if _on_postgresql():
        op.execute("DROP FUNCTION refuse()")
