from alembic import op

revision = "002_plain"
down_revision = "001_start"


def upgrade():
    op.drop_index("ix_code")
    op.create_index("ix_code", "carts", ["code"], unique=0)


def downgrade():
    op.drop_index("ix_code")
    op.create_index("ix_code", "carts", ["code"], unique=1)
