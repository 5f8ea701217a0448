"""The index of canary reports.

Revision ID: 121_canary_reports
Revises: 120_tenants_api_keys
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "121_canary_reports"
down_revision = "120_tenants_api_keys"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "costsim_canary_reports"


def upgrade() -> None:
    """Create ``costsim_canary_reports``."""
    op.create_table(
        TABLE,
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.Column("timestamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("source", sa.String(16), nullable=True),
        *(
            sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0"))
            for name in (
                "total_samples",
                "matching_samples",
                "minor_drift_samples",
                "major_drift_samples",
                "errored_samples",
                "outlier_count",
            )
        ),
        sa.Column("median_cost_diff", sa.Double(), nullable=True),
        sa.Column("p90_cost_diff", sa.Double(), nullable=True),
        sa.Column("kl_divergence", sa.Double(), nullable=True),
        sa.Column("failure_reasons", JSON, nullable=False),
        sa.Column("golden_comparison", JSON, nullable=True),
        sa.Column("artifact_paths", JSON, nullable=False),
        sa.Column("artifact_manifest", JSON, nullable=True),
        sa.Column("artifact_count", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("artifacts_required", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('pass', 'fail', 'error', 'skipped')", name=op.f(f"ck_{TABLE}_status_valid")
        ),
        sa.CheckConstraint(
            "source IN ('synthetic', 'provenance', 'given')", name=op.f(f"ck_{TABLE}_source_valid")
        ),
        sa.CheckConstraint("passed = (status = 'pass')", name=op.f(f"ck_{TABLE}_passed_matches_status")),
        sa.CheckConstraint(
            "total_samples >= 0 AND matching_samples >= 0 AND minor_drift_samples >= 0 "
            "AND major_drift_samples >= 0 AND errored_samples >= 0 AND outlier_count >= 0 "
            "AND artifact_count >= 0",
            name=op.f(f"ck_{TABLE}_counts_not_negative"),
        ),
        sa.CheckConstraint(
            "NOT artifacts_required OR status NOT IN ('pass', 'fail') OR artifact_count > 0",
            name=op.f(f"ck_{TABLE}_artifacts_before_row"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f(f"fk_{TABLE}_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("tenant_id", "run_id", name=op.f(f"uq_{TABLE}_tenant_id_run_id")),
    )
    op.create_index(f"ix_{TABLE}_tenant_id_timestamp", TABLE, ["tenant_id", "timestamp"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table(TABLE)
