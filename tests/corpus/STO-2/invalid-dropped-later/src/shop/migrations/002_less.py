from alembic import op

revision = "002_less"
down_revision = "001_evidence"


def upgrade():
    op.drop_column("evaluation_evidence", "decision")
    op.execute("ALTER TABLE evaluation_evidence DROP COLUMN as_of")


def downgrade():
    op.execute("ALTER TABLE evaluation_evidence ADD COLUMN as_of TIMESTAMPTZ")
