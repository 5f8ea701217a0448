revision = "001_orders"
down_revision = None


def upgrade():
    pass


def downgrade():
    pass
