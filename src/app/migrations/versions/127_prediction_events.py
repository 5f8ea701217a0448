"""Predictions, advisory by constraint.

Revision ID: 127_prediction_events
Revises: 126_pattern_feedback
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "127_prediction_events"
down_revision = "126_pattern_feedback"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Create ``prediction_events``."""
    op.create_table(
        "prediction_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("prediction_type", sa.String(50), nullable=False),
        sa.Column("subject_type", sa.String(50), nullable=False),
        sa.Column("subject_id", sa.String(255), nullable=False),
        sa.Column("confidence_score", sa.Double(), nullable=False),
        sa.Column("prediction_value", JSON, nullable=False),
        sa.Column("contributing_factors", JSON, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_advisory", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "prediction_type IN ('failure_likelihood', 'cost_overrun')",
            name=op.f("ck_prediction_events_type_valid"),
        ),
        sa.CheckConstraint(
            "subject_type IN ('worker', 'run', 'tenant')",
            name=op.f("ck_prediction_events_subject_type_valid"),
        ),
        sa.CheckConstraint(
            "confidence_score BETWEEN 0 AND 1", name=op.f("ck_prediction_events_confidence_is_probability")
        ),
        sa.CheckConstraint(
            "expires_at > created_at", name=op.f("ck_prediction_events_expires_after_creation")
        ),
        sa.CheckConstraint("is_advisory = true", name=op.f("ck_prediction_events_advisory_only")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_prediction_events_tenant_id_tenants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prediction_events")),
    )
    op.create_index("ix_prediction_events_tenant_created", "prediction_events", ["tenant_id", "created_at"])
    op.create_index(
        "ix_prediction_events_tenant_subject",
        "prediction_events",
        ["tenant_id", "subject_type", "subject_id"],
    )
    op.create_index("ix_prediction_events_tenant_type", "prediction_events", ["tenant_id", "prediction_type"])


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("prediction_events")
