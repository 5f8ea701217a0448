import sqlalchemy as sa
from alembic import op

revision: str = "002_left"
down_revision: str | None = "001_start"


def upgrade() -> None:
    op.create_table("lefts", sa.Column("id", sa.Integer, primary_key=True))


def downgrade() -> None:
    op.drop_table("lefts")
