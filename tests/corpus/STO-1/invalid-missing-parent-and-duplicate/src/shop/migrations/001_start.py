revision = "001_start"
down_revision = None


def upgrade():
    pass


def downgrade():
    pass
