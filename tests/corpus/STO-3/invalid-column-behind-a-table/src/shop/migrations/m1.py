import sqlalchemy as sa
from alembic import op

revision = "m1"
down_revision = None


def upgrade():
    op.create_table("message", sa.Column("id", sa.Integer, primary_key=True), sa.Column("text", sa.String))


def downgrade():
    op.drop_table("message")
