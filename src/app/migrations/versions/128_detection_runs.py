"""The latest anomaly detection of each tenant.

Revision ID: 128_detection_runs
Revises: 127_prediction_events
"""

import sqlalchemy as sa
from alembic import op

revision = "128_detection_runs"
down_revision = "127_prediction_events"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create ``cost_detection_runs``."""
    op.create_table(
        "cost_detection_runs",
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("last_as_of", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_cost_detection_runs_tenant_id_tenants")
        ),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_cost_detection_runs")),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("cost_detection_runs")
