revision = "001_a_name_that_is_longer_than_alembic_keeps"  #! chain
down_revision = None


def upgrade():
    pass


def downgrade():
    pass
