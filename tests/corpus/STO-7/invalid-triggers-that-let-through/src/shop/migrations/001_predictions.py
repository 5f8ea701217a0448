import sqlalchemy as sa
from alembic import op

revision = "001_predictions"
down_revision = None


def upgrade():
    op.create_table(  #! predictions-are-advisory, predictions-are-advisory
        "predictions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("advisory", sa.Boolean, nullable=False),
        sa.CheckConstraint("advisory", name="chk_prediction_advisory"),
    )
    op.execute(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF current_user <> 'admin' THEN RAISE EXCEPTION 'no'; END IF; RETURN NEW; END $$"
    )
    op.execute("CREATE TRIGGER kept BEFORE UPDATE ON predictions FOR EACH ROW EXECUTE FUNCTION refuse()")
    op.execute(
        "CREATE TRIGGER no_delete BEFORE DELETE ON predictions WHEN OLD.advisory "
        "BEGIN SELECT RAISE(ABORT, 'no'); END"
    )


def downgrade():
    op.drop_table("predictions")
