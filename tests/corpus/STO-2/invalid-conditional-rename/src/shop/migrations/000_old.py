import sqlalchemy as sa
from alembic import op

revision = "000_old"
down_revision = None


def upgrade():
    op.create_table("evaluation_evidence", sa.Column("id", sa.BigInteger, primary_key=True))


def downgrade():
    op.drop_table("evaluation_evidence")
