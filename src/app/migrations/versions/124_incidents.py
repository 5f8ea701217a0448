"""Incidents, as far as cost anomalies need them.

Revision ID: 124_incidents
Revises: 123_execution_signals
"""

import sqlalchemy as sa
from alembic import op

revision = "124_incidents"
down_revision = "123_execution_signals"
branch_labels = None
depends_on = None

# Exact cents: millionths as whole numbers where the database has no decimal type.
AMOUNT = sa.Numeric(20, 6).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    """Create ``incidents``."""
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("severity", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), server_default=sa.text("'open'"), nullable=False),
        sa.Column("lifecycle_state", sa.String(16), server_default=sa.text("'ACTIVE'"), nullable=False),
        sa.Column("category", sa.String(50), nullable=False),
        sa.Column("cause_type", sa.String(16), nullable=False),
        sa.Column("source_type", sa.String(50), nullable=False),
        sa.Column("source_ref", sa.String(64), nullable=False),
        sa.Column("trigger_type", sa.String(50), nullable=False),
        sa.Column("trigger_value", sa.Text(), nullable=False),
        sa.Column("impact_scope", sa.String(50), nullable=False),
        sa.Column("affected_agent_id", sa.String(128), nullable=True),
        sa.Column("affected_count", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("cost_delta_cents", AMOUNT, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "lifecycle_state IN ('ACTIVE', 'ACKED', 'RESOLVED')",
            name=op.f("ck_incidents_lifecycle_state_valid"),
        ),
        sa.CheckConstraint(
            "severity IN ('critical', 'high', 'medium', 'low')", name=op.f("ck_incidents_severity_valid")
        ),
        sa.CheckConstraint(
            "status IN ('open', 'acknowledged', 'resolved')", name=op.f("ck_incidents_status_valid")
        ),
        sa.CheckConstraint("affected_count >= 1", name=op.f("ck_incidents_affected_counts_from_one")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_incidents_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sa.UniqueConstraint(
            "tenant_id",
            "source_type",
            "source_ref",
            name=op.f("uq_incidents_tenant_id_source_type_source_ref"),
        ),
    )
    op.create_index("ix_incidents_tenant_id_created_at", "incidents", ["tenant_id", "created_at"])


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("incidents")
