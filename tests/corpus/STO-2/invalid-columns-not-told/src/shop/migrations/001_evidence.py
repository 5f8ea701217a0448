import json

import sqlalchemy as sa
from alembic import op

revision = "001_evidence"
down_revision = None


def upgrade():
    op.create_table(  #? evidence-table
        "evaluation_evidence",
        sa.Column("id", sa.BigInteger, primary_key=True),
        *(sa.Column(name, sa.Text()) for name in json.load(open("columns.json"))),
    )


def downgrade():
    op.drop_table("evaluation_evidence")
