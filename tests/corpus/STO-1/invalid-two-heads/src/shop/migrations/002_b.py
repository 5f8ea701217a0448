revision = "002_b"
down_revision = "001_start"  #! chain


def upgrade():
    pass


def downgrade():
    pass
