"""Pattern feedback.

Revision ID: 126_pattern_feedback
Revises: 125_cost_anomalies
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "126_pattern_feedback"
down_revision = "125_cost_anomalies"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Create ``pattern_feedback``."""
    op.create_table(
        "pattern_feedback",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("pattern_type", sa.String(50), nullable=False),
        sa.Column("severity", sa.String(20), server_default=sa.text("'info'"), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(255), nullable=True),
        sa.Column("provenance", JSON, nullable=False),
        sa.Column("occurrence_count", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("time_window_minutes", sa.Integer(), nullable=True),
        sa.Column("threshold_used", sa.String(100), nullable=True),
        sa.Column("metadata", JSON, nullable=True),
        sa.Column("detected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.String(100), nullable=True),
        sa.CheckConstraint(
            "pattern_type IN ('failure_pattern', 'cost_spike')", name=op.f("ck_pattern_feedback_type_valid")
        ),
        sa.CheckConstraint(
            "severity IN ('info', 'warning', 'critical')", name=op.f("ck_pattern_feedback_severity_valid")
        ),
        sa.CheckConstraint(
            "acknowledged = (acknowledged_at IS NOT NULL)",
            name=op.f("ck_pattern_feedback_acknowledged_has_time"),
        ),
        sa.CheckConstraint("occurrence_count >= 1", name=op.f("ck_pattern_feedback_occurrences_from_one")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_pattern_feedback_tenant_id_tenants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pattern_feedback")),
    )
    op.create_index("ix_pattern_feedback_tenant_detected", "pattern_feedback", ["tenant_id", "detected_at"])
    op.create_index("ix_pattern_feedback_tenant_type", "pattern_feedback", ["tenant_id", "pattern_type"])


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("pattern_feedback")
