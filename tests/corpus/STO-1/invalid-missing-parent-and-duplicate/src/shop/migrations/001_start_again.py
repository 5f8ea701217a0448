# down_revision = "001_start" in a comment connects nothing
revision = "001_start"  #! chain
down_revision = "000_gone"  #! chain


def upgrade():
    pass


def downgrade():
    pass
