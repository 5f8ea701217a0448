import sqlalchemy as sa
from alembic import op

revision = "001_evidence"
down_revision = None


def upgrade():
    op.create_table(  #! evidence-table
        "evaluation_evidence",
        sa.Column("id", sa.Integer, primary_key=True),  #! evidence-table
        sa.Column("decision", sa.String(8), nullable=False),  #! evidence-table
        sa.Column("as_of", sa.DateTime, nullable=False),  #! evidence-table
        sa.Column("details", sa.Text()),  #! evidence-table
        sa.UniqueConstraint("decision"),
        sa.Index("ix_as_of", "as_of"),
    )


def downgrade():
    op.drop_table("evaluation_evidence")
