import sqlalchemy as sa
from alembic import op

revision = "001_incidents"
down_revision = None


def upgrade():
    op.create_table(
        "incidents",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("tenant_id", sa.String(36)),
        sa.Column("resolution_type", sa.String(50)),
        sa.Column("resolution_summary", sa.Text()),
    )
    op.create_table(
        "notes",
        sa.Column("incident_id", sa.Integer),
        sa.Column("body", sa.Text()),
        sa.Column("made_at", sa.DateTime()),
    )


def downgrade():
    op.drop_table("notes")
    op.drop_table("incidents")
