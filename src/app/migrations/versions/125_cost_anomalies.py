"""Cost anomalies, breach history and drift tracking.

Revision ID: 125_cost_anomalies
Revises: 124_incidents
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "125_cost_anomalies"
down_revision = "124_incidents"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
# Exact cents: millionths as whole numbers where the database has no decimal type.
AMOUNT = sa.Numeric(20, 6).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    """Create ``cost_anomalies``, ``cost_breach_history`` and ``cost_drift_tracking``."""
    op.create_table(
        "cost_anomalies",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("anomaly_type", sa.String(32), nullable=False),
        sa.Column("severity", sa.String(16), nullable=False),
        sa.Column("entity_type", sa.String(32), nullable=False),
        sa.Column("entity_id", sa.String(128), nullable=True),
        sa.Column("period", sa.String(16), nullable=False),
        sa.Column("detection_day", sa.Date(), nullable=False),
        sa.Column("occurrence", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("current_value_cents", AMOUNT, nullable=False),
        sa.Column("expected_value_cents", AMOUNT, nullable=False),
        sa.Column("deviation_pct", AMOUNT, nullable=False),
        sa.Column("threshold_pct", AMOUNT, nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("breach_count", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("derived_cause", sa.String(32), nullable=False),
        sa.Column("metadata", JSON, nullable=False),
        sa.Column("incident_id", sa.String(64), nullable=True),
        sa.Column("action_taken", sa.String(64), nullable=True),
        sa.Column("status", sa.String(16), server_default=sa.text("'open'"), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.String(100), nullable=True),
        sa.Column("resolved", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.String(100), nullable=True),
        sa.Column("resolution_notes", sa.Text(), nullable=True),
        sa.Column("detected_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "resolved = (status IN ('resolved', 'dismissed'))",
            name=op.f("ck_cost_anomalies_resolved_matches_status"),
        ),
        sa.CheckConstraint(
            "severity <> 'HIGH' OR incident_id IS NOT NULL", name=op.f("ck_cost_anomalies_high_has_incident")
        ),
        sa.CheckConstraint(
            "severity IN ('LOW', 'MEDIUM', 'HIGH')", name=op.f("ck_cost_anomalies_severity_valid")
        ),
        sa.CheckConstraint(
            "status <> 'acknowledged' OR acknowledged_at IS NOT NULL",
            name=op.f("ck_cost_anomalies_acknowledged_has_time"),
        ),
        sa.CheckConstraint(
            "status IN ('open', 'acknowledged', 'resolved', 'dismissed')",
            name=op.f("ck_cost_anomalies_status_valid"),
        ),
        sa.CheckConstraint(
            "breach_count >= 1 AND occurrence >= 1", name=op.f("ck_cost_anomalies_counts_from_one")
        ),
        sa.CheckConstraint(
            "resolved = (resolved_at IS NOT NULL)", name=op.f("ck_cost_anomalies_resolved_has_time")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_cost_anomalies_incident_id_incidents")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_cost_anomalies_tenant_id_tenants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_anomalies")),
        sa.UniqueConstraint("incident_id", name=op.f("uq_cost_anomalies_incident_id")),
    )
    op.create_index("ix_cost_anomalies_tenant_day", "cost_anomalies", ["tenant_id", "detection_day"])
    op.create_index("ix_cost_anomalies_tenant_detected", "cost_anomalies", ["tenant_id", "detected_at"])
    op.create_table(
        "cost_breach_history",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("entity_type", sa.String(32), nullable=False),
        sa.Column("entity_id", sa.String(128), server_default=sa.text("''"), nullable=False),
        sa.Column("breach_type", sa.String(32), nullable=False),
        sa.Column("breach_date", sa.Date(), nullable=False),
        sa.Column("deviation_pct", AMOUNT, nullable=False),
        sa.Column("current_value_cents", AMOUNT, nullable=False),
        sa.Column("baseline_value_cents", AMOUNT, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_cost_breach_history_tenant_id_tenants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_breach_history")),
        sa.UniqueConstraint(
            "tenant_id",
            "entity_type",
            "entity_id",
            "breach_type",
            "breach_date",
            name="uq_breach_per_entity_day",
        ),
    )
    op.create_table(
        "cost_drift_tracking",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("entity_type", sa.String(32), nullable=False),
        sa.Column("entity_id", sa.String(128), server_default=sa.text("''"), nullable=False),
        sa.Column("rolling_7d_avg_cents", AMOUNT, nullable=False),
        sa.Column("baseline_7d_avg_cents", AMOUNT, nullable=False),
        sa.Column("drift_pct", AMOUNT, nullable=False),
        sa.Column("drift_days_count", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("first_drift_date", sa.Date(), nullable=False),
        sa.Column("last_check_date", sa.Date(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("drift_days_count >= 1", name=op.f("ck_cost_drift_tracking_days_count_from_one")),
        sa.CheckConstraint(
            "last_check_date >= first_drift_date", name=op.f("ck_cost_drift_tracking_checked_after_start")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_cost_drift_tracking_tenant_id_tenants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_drift_tracking")),
        sa.UniqueConstraint("tenant_id", "entity_type", "entity_id", name="uq_drift_tracker_per_entity"),
    )


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("cost_drift_tracking")
    op.drop_table("cost_breach_history")
    op.drop_table("cost_anomalies")
