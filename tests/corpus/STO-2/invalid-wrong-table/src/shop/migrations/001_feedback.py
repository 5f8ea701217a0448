import sqlalchemy as sa
from alembic import op

revision = "001_feedback"  #! evidence-table
down_revision = None


def upgrade():
    op.create_table(
        "signal_feedback",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("decision", sa.String(20), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("details", sa.JSON()),
    )


def downgrade():
    op.drop_table("signal_feedback")
