import sqlalchemy as sa
from alembic import op

revision = "001_evidence"
down_revision = None


def upgrade():
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    details = sa.dialects.postgresql.JSONB() if on_postgresql else sa.JSON()
    op.create_table(
        "evaluation_evidence",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("decision", sa.String(64), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("details", details),
        sa.UniqueConstraint("decision", "as_of"),
    )


def downgrade():
    op.drop_table("evaluation_evidence")
