"""Append-only provenance of cost simulations.

Revision ID: 130_costsim_provenance
Revises: 130_costsim_leader_leases
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.migrations.append_only import protect, unprotect

revision = "130_costsim_provenance"
down_revision = "130_costsim_leader_leases"
branch_labels = None
depends_on = None

# Exact cents: millionths as whole numbers where the database has no decimal type.
AMOUNT = sa.Numeric(20, 6).with_variant(sa.BigInteger(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "costsim_provenance"


def upgrade() -> None:
    """Create ``costsim_provenance``."""
    op.create_table(
        TABLE,
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("run_id", sa.String(64), nullable=True),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("variant_slug", sa.String(16), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False, server_default=sa.text("'success'")),
        sa.Column("model_version", sa.String(32), nullable=True),
        sa.Column("adapter_version", sa.String(32), nullable=True),
        sa.Column("commit_sha", sa.String(64), nullable=True),
        sa.Column("input_hash", sa.String(64), nullable=False),
        sa.Column("output_hash", sa.String(64), nullable=True),
        sa.Column("v1_cost", AMOUNT, nullable=True),
        sa.Column("v2_cost", AMOUNT, nullable=True),
        sa.Column("cost_delta", AMOUNT, nullable=True),
        sa.Column("drift_score", sa.Double(), nullable=True),
        sa.Column("verdict", sa.String(16), nullable=True),
        sa.Column("payload", JSON, nullable=True),
        sa.Column("runtime_ms", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "variant_slug IN ('v1', 'v2', 'canary')", name=op.f(f"ck_{TABLE}_variant_slug_valid")
        ),
        sa.CheckConstraint(
            "source IN ('sandbox', 'canary', 'manual', 'backfill')", name=op.f(f"ck_{TABLE}_source_valid")
        ),
        sa.CheckConstraint(
            "status IN ('success', 'error', 'timeout', 'schema_error')",
            name=op.f(f"ck_{TABLE}_status_valid"),
        ),
        sa.CheckConstraint(
            "verdict IN ('match', 'minor_drift', 'major_drift', 'mismatch')",
            name=op.f(f"ck_{TABLE}_verdict_valid"),
        ),
        sa.CheckConstraint(
            "drift_score >= 0 AND drift_score <= 1", name=op.f(f"ck_{TABLE}_drift_score_range")
        ),
        sa.CheckConstraint("length(input_hash) = 64", name=op.f(f"ck_{TABLE}_input_hash_is_sha256")),
        sa.CheckConstraint("runtime_ms >= 0", name=op.f(f"ck_{TABLE}_runtime_not_negative")),
        sa.CheckConstraint(
            "(cost_delta IS NULL) = (v1_cost IS NULL OR v2_cost IS NULL)",
            name=op.f(f"ck_{TABLE}_delta_needs_both_costs"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f(f"fk_{TABLE}_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint(
            "tenant_id",
            "variant_slug",
            "input_hash",
            name=op.f(f"uq_{TABLE}_tenant_id_variant_slug_input_hash"),
        ),
    )
    op.create_index(f"ix_{TABLE}_tenant_id_created_at", TABLE, ["tenant_id", "created_at", "id"])
    op.create_index(f"ix_{TABLE}_tenant_id_run_id", TABLE, ["tenant_id", "run_id"])
    protect(TABLE)


def downgrade() -> None:
    """Drop the table."""
    unprotect(TABLE)
    op.drop_table(TABLE)
