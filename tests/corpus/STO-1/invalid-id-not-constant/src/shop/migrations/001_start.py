import os

revision = os.environ["REVISION"]  #? chain
down_revision = None


def upgrade():
    pass


def downgrade():
    pass
