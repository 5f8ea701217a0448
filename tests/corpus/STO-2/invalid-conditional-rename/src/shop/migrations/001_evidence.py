import sqlalchemy as sa
from alembic import op

revision = "001_evidence"  #! evidence-table
down_revision = "000_old"


def upgrade():
    inspector = sa.inspect(op.get_bind())
    if "evaluation_evidence" in inspector.get_table_names():
        op.rename_table("evaluation_evidence", "legacy_evidence")
    op.create_table(
        "other",
        sa.Column("id", sa.BigInteger, primary_key=True),
    )


def downgrade():
    op.drop_table("other")
