import sqlalchemy as sa
from alembic import op

revision = "001_all"
down_revision = None


def upgrade():
    op.create_table(
        "tickets",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("seat", sa.String(), nullable=False),
    )
    op.create_table("visits", sa.Column("id", sa.Integer, primary_key=True), sa.Column("note", sa.String()))


def downgrade():
    op.drop_table("visits")
    op.drop_table("tickets")
