import sqlalchemy as sa
from alembic import op

revision = "001_evidence"
down_revision = None


def upgrade():
    op.create_table(  #! evidence-table
        "evaluation_evidence",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("decision", sa.String(20), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.UniqueConstraint("decision", "as_of"),
    )
    if op.get_context().dialect.name == "postgresql":
        op.add_column("evaluation_evidence", sa.Column("details", sa.JSON()))


def downgrade():
    op.drop_table("evaluation_evidence")
