import os

revision = "002_notes"
down_revision = "001_orders"
if os.environ.get("EARLY"):
    down_revision = None  #? chain


def upgrade():
    pass


def downgrade():
    pass
