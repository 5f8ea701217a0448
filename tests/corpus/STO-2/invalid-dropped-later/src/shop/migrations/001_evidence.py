import sqlalchemy as sa
from alembic import op

revision = "001_evidence"
down_revision = None


def upgrade():
    op.create_table(  #! evidence-table, evidence-table, evidence-table, evidence-table
        "evaluation_evidence",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("decision", sa.String(20), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("details", sa.JSON()),
        sa.UniqueConstraint("decision", "as_of", name="uq_decision"),
    )


def downgrade():
    op.drop_table("evaluation_evidence")
