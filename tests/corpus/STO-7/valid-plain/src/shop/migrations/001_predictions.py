import sqlalchemy as sa
from alembic import op

revision = "001_predictions"
down_revision = None
REFUSE = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'predictions stay';
END $$
"""


def upgrade():
    op.create_table(
        "predictions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("advisory", sa.Boolean, nullable=False),
        sa.CheckConstraint("advisory", name=op.f("chk_prediction_advisory")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(REFUSE)
        op.execute(
            "CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON predictions FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
        return
    for event in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER no_{event} BEFORE {event.upper()} ON predictions "
            "BEGIN SELECT RAISE(ABORT, 'predictions stay'); END"
        )


def downgrade():
    op.drop_table("predictions")
