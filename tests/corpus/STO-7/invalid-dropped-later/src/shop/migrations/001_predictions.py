import sqlalchemy as sa
from alembic import op

revision = "001_predictions"
down_revision = None


def upgrade():
    op.create_table(  #! predictions-are-advisory, predictions-are-advisory
        "predictions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("advisory", sa.Boolean, nullable=False),
    )
    op.create_check_constraint("chk_prediction_advisory", "predictions", "advisory")
    op.execute("CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'no'; END $$ LANGUAGE plpgsql")
    op.execute("CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON predictions FOR EACH ROW EXECUTE FUNCTION refuse()")


def downgrade():
    op.drop_table("predictions")
