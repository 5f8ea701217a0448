import os

from alembic import op

revision = "002_plain"
down_revision = "001_start"


def upgrade():
    op.create_index("ix_other", "carts", ["id", "code"], unique=os.environ.get("STRICT"))  #? chain


def downgrade():
    op.drop_index("ix_other")
