import sqlalchemy as sa
from alembic import op

revision = "001_evidence"
down_revision = None


def upgrade():
    op.create_table(  #! evidence-table
        "evaluation_evidence",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("details", sa.JSON()),
    )
    op.create_index("ix_as_of", "evaluation_evidence", ["as_of", "id"])
    open_ones = sa.text("decision <> 'closed'")
    op.create_index(
        "one_open",
        "evaluation_evidence",
        ["as_of", "decision"],
        unique=True,
        sqlite_where=open_ones,
        postgresql_where=open_ones,
    )


def downgrade():
    op.drop_table("evaluation_evidence")
