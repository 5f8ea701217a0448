from alembic import op

revision = "002_loose"
down_revision = "001_predictions"


def upgrade():
    op.drop_constraint("chk_prediction_advisory", "predictions", type_="check")
    op.execute("DROP TRIGGER kept ON predictions")
    op.execute("CREATE TRIGGER kept BEFORE DELETE ON predictions FOR EACH ROW EXECUTE FUNCTION refuse()")


def downgrade():
    op.create_check_constraint("chk_prediction_advisory", "predictions", "advisory")
