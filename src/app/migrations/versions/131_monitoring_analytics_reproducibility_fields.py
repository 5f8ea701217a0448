"""Analytics artifacts: dataset_version, input_window_hash, as_of and compute_code_version of computed datasets.

Revision ID: 131_monitoring_analytics_reproducibility_fields
Revises: 130_event_outbox
"""

import sqlalchemy as sa
from alembic import op

from app.migrations.append_only import protect, unprotect

revision = "131_monitoring_analytics_reproducibility_fields"
down_revision = "130_event_outbox"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create ``analytics_artifacts`` and the history of its rows."""
    op.create_table(
        "analytics_artifacts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("dataset_id", sa.String(64), nullable=False),
        sa.Column("dataset_version", sa.String(64), nullable=False),
        sa.Column("input_window_hash", sa.String(64), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("compute_code_version", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False, server_default=sa.text("1")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "length(input_window_hash) = 64", name=op.f("ck_analytics_artifacts_input_window_hash_is_sha256")
        ),
        sa.CheckConstraint(
            "(revision > 1) = (updated_at IS NOT NULL)", name=op.f("ck_analytics_artifacts_revised_has_time")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_analytics_artifacts_tenant_id_tenants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_analytics_artifacts")),
        sa.UniqueConstraint(
            "tenant_id",
            "dataset_id",
            "dataset_version",
            name="uq_analytics_artifacts_tenant_dataset_version",
        ),
    )
    op.create_index("ix_analytics_artifacts_tenant", "analytics_artifacts", ["tenant_id"])
    op.create_index(
        "ix_analytics_artifacts_dataset", "analytics_artifacts", ["dataset_id", "dataset_version"]
    )
    op.create_table(
        "analytics_artifact_revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("artifact_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("input_window_hash", sa.String(64), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("compute_code_version", sa.String(64), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_analytics_artifact_revisions_tenant_id_tenants")
        ),
        sa.ForeignKeyConstraint(
            ["artifact_id"],
            ["analytics_artifacts.id"],
            name=op.f("fk_analytics_artifact_revisions_artifact_id_analytics_artifacts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_analytics_artifact_revisions")),
        sa.UniqueConstraint(
            "artifact_id", "revision", name=op.f("uq_analytics_artifact_revisions_artifact_id_revision")
        ),
    )
    protect("analytics_artifact_revisions")


def downgrade() -> None:
    """Drop both tables."""
    unprotect("analytics_artifact_revisions")
    op.drop_table("analytics_artifact_revisions")
    op.drop_table("analytics_artifacts")
