import sqlalchemy as sa
from alembic import op

revision = "001_tables"
down_revision = None


def upgrade():
    op.create_table("incidents", sa.Column("id", sa.Integer, primary_key=True), sa.Column("title", sa.Text))
    op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("total", sa.Integer))
    op.create_table("incident_notes", sa.Column("incident_id", sa.Integer), sa.Column("body", sa.Text))


def downgrade():
    op.drop_table("incident_notes")
    op.drop_table("orders")
    op.drop_table("incidents")
