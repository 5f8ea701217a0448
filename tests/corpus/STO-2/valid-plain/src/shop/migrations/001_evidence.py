import sqlalchemy as sa
from alembic import op

revision = "001_evidence"
down_revision = None


def upgrade():
    op.create_table(
        "evaluation_evidence",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("details", sa.JSON()),
        sa.UniqueConstraint("as_of", "decision"),
    )
    op.create_index("ix_as_of", "evaluation_evidence", ["as_of", "id"])


def downgrade():
    op.drop_table("evaluation_evidence")
