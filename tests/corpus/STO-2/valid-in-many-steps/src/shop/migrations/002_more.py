import sqlalchemy as sa
from alembic import op

revision = "002_more"
down_revision = "001_evidence"


def upgrade():
    op.rename_table("evidence", "evaluation_evidence")
    with op.batch_alter_table("evaluation_evidence") as batch:
        batch.alter_column("verdict", new_column_name="decision", nullable=False)
        batch.add_column(sa.Column("as_of", sa.TIMESTAMP(timezone=True), nullable=False))
    op.create_index("uq_decision", "evaluation_evidence", ["decision", "as_of"], unique=True)
    op.create_index("ix_as_of", "evaluation_evidence", [sa.desc("as_of")])


def downgrade():
    op.drop_index("ix_as_of")
    op.drop_index("uq_decision")
    with op.batch_alter_table("evaluation_evidence") as batch:
        batch.drop_column("as_of")
        batch.alter_column("decision", new_column_name="verdict", nullable=True)
    op.rename_table("evaluation_evidence", "evidence")
