import sqlalchemy as sa
from alembic import op

PREFIX = "shop_"


def stamped(name, *extra):
    return op.create_table(
        PREFIX + name,
        sa.Column("id", sa.Integer(), primary_key=True),
        *extra,
        *(sa.Column(f"{what}_at", sa.DateTime(timezone=True)) for what in ("created", "updated")),
    )


def unstamped(name):
    op.drop_table(PREFIX + name)
