"""Append-only audit of coordination decisions.

Revision ID: 130_coordination_audit_records
Revises: 129_monitoring_incident_resolution_recurrence
"""

import sqlalchemy as sa
from alembic import op

from app.migrations.append_only import protect, unprotect

revision = "130_coordination_audit_records"
down_revision = "129_monitoring_incident_resolution_recurrence"
branch_labels = None
depends_on = None

TABLE = "coordination_audit_records"


def upgrade() -> None:
    """Create ``coordination_audit_records``."""
    op.create_table(
        TABLE,
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("envelope_id", sa.String(100), nullable=False),
        sa.Column("envelope_class", sa.String(20), nullable=False),
        sa.Column("decision", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decision_timestamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("conflicting_envelope_id", sa.String(100), nullable=True),
        sa.Column("preempting_envelope_id", sa.String(100), nullable=True),
        sa.Column("active_envelopes_count", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("tenant_id", sa.String(100), nullable=True),
        sa.CheckConstraint(
            "envelope_class IN ('SAFETY', 'RELIABILITY', 'COST', 'PERFORMANCE')",
            name=op.f(f"ck_{TABLE}_envelope_class_valid"),
        ),
        sa.CheckConstraint(
            "decision IN ('APPLIED', 'REJECTED', 'PREEMPTED')", name=op.f(f"ck_{TABLE}_decision_valid")
        ),
        sa.CheckConstraint("active_envelopes_count >= 0", name=op.f(f"ck_{TABLE}_count_not_negative")),
        sa.PrimaryKeyConstraint("audit_id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index("ix_coord_audit_envelope_id", TABLE, ["envelope_id"])
    op.create_index("ix_coord_audit_timestamp", TABLE, ["decision_timestamp"])
    op.create_index("ix_coord_audit_class", TABLE, ["envelope_class"])
    op.create_index("ix_coord_audit_decision", TABLE, ["decision"])
    op.create_index("ix_coord_audit_tenant", TABLE, ["tenant_id"])
    protect(TABLE)


def downgrade() -> None:
    """Drop the table."""
    unprotect(TABLE)
    op.drop_table(TABLE)
