revision = "002_a"
down_revision = "001_start"


def upgrade():
    pass


def downgrade():
    pass
