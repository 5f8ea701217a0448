from pathlib import Path

from alembic import op

revision = "001_start"
down_revision = None


def upgrade():
    op.execute(Path("schema.sql").read_text())  #? chain


def downgrade():
    op.execute("DROP TABLE IF EXISTS carts")
