import sqlalchemy as sa
from alembic import op

revision = "001_start"
down_revision = None


def upgrade():
    op.create_table(
        "carts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_carts"),
        sa.UniqueConstraint("code", name="uq_carts"),
    )
    op.execute("ALTER INDEX pk_carts RENAME TO pk_baskets")
    op.execute("ALTER INDEX uq_carts RENAME TO uq_baskets")
    op.execute(sa.text("INSERT INTO carts (id) VALUES (:id)").params({"id": sa.func.random()}))


def downgrade():
    op.drop_constraint("uq_baskets", "carts")
    op.drop_table("carts")
