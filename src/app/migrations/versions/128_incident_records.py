"""What is kept about incidents besides their rows: evidence, postmortems, calls, suppression and prevention.

Revision ID: 128_incident_records
Revises: 128_incident_lifecycle
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.migrations.append_only import protect, unprotect

revision = "128_incident_records"
down_revision = "128_incident_lifecycle"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables around ``incidents``."""
    op.create_table(
        "incident_evidence",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("incident_id", sa.String(64), nullable=False),
        sa.Column("evidence_type", sa.String(30), nullable=False),
        sa.Column("recovery_executed", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("captured_by", sa.String(100), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "evidence_type IN ('log', 'metric', 'trace', 'configuration', 'recovery', 'note', 'anomaly')",
            name=op.f("ck_incident_evidence_type_valid"),
        ),
        sa.CheckConstraint("length(content_hash) = 64", name=op.f("ck_incident_evidence_hash_is_sha256")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_incident_evidence_tenant_id_tenants")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_incident_evidence_incident_id_incidents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_evidence")),
    )
    op.create_index(
        "ix_incident_evidence_incident_type",
        "incident_evidence",
        ["incident_id", "evidence_type", "created_at"],
    )
    protect("incident_evidence")
    op.create_table(
        "incident_postmortems",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("incident_id", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False, server_default=sa.text("1")),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("root_cause", sa.Text(), nullable=True),
        sa.Column("impact", sa.Text(), nullable=True),
        sa.Column("corrective_actions", JSON, nullable=True),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("created_by", sa.String(100), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("superseded_at", MOMENT, nullable=True),
        sa.Column("superseded_by", sa.String(64), nullable=True),
        sa.CheckConstraint(
            "status IN ('stub', 'complete')", name=op.f("ck_incident_postmortems_status_valid")
        ),
        sa.CheckConstraint(
            "length(title) >= 1 AND length(summary) >= 1",
            name=op.f("ck_incident_postmortems_minimum_content"),
        ),
        sa.CheckConstraint(
            "status = 'stub' OR (root_cause IS NOT NULL AND impact IS NOT NULL "
            "AND corrective_actions IS NOT NULL)",
            name=op.f("ck_incident_postmortems_complete_has_content"),
        ),
        sa.CheckConstraint(
            "(superseded_at IS NULL) = (superseded_by IS NULL)",
            name=op.f("ck_incident_postmortems_superseded_has_successor"),
        ),
        sa.CheckConstraint("length(content_hash) = 64", name=op.f("ck_incident_postmortems_hash_is_sha256")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_incident_postmortems_revision_from_one")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_incident_postmortems_tenant_id_tenants")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_incident_postmortems_incident_id_incidents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_postmortems")),
    )
    op.create_index(
        "uq_incident_postmortems_revision", "incident_postmortems", ["incident_id", "revision"], unique=True
    )
    op.create_index(
        "uq_incident_postmortems_in_force",
        "incident_postmortems",
        ["incident_id"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "incident_calls",
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("call_id", sa.String(100), nullable=False),
        sa.Column("incident_id", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_incident_calls_tenant_id_tenants")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_incident_calls_incident_id_incidents")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "call_id", name=op.f("pk_incident_calls")),
    )
    op.create_index("ix_incident_calls_incident", "incident_calls", ["incident_id", "created_at"])
    op.create_table(
        "incident_intake",
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("taken >= 1", name=op.f("ck_incident_intake_taken_from_one")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_incident_intake_tenant_id_tenants")
        ),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_incident_intake")),
    )
    op.create_table(
        "incident_suppression_rules",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("category", sa.String(50), nullable=False),
        sa.Column("trigger_type", sa.String(50), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(100), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("revoked_by", sa.String(100), nullable=True),
        sa.CheckConstraint(
            "category = upper(category)", name=op.f("ck_incident_suppression_rules_category_upper_case")
        ),
        sa.CheckConstraint(
            "expires_at IS NULL OR expires_at > created_at",
            name=op.f("ck_incident_suppression_rules_expires_after_creation"),
        ),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by IS NULL)",
            name=op.f("ck_incident_suppression_rules_revoked_has_actor"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_incident_suppression_rules_tenant_id_tenants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_suppression_rules")),
    )
    op.create_index(
        "ix_incident_suppression_rules_match",
        "incident_suppression_rules",
        ["tenant_id", "category", "created_at"],
    )
    op.create_table(
        "prevention_records",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("rule_id", sa.String(64), nullable=False),
        sa.Column("incident_id", sa.String(64), nullable=False),
        sa.Column("source_type", sa.String(50), nullable=False),
        sa.Column("source_ref", sa.String(64), nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("outcome IN ('prevented')", name=op.f("ck_prevention_records_outcome_valid")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_prevention_records_tenant_id_tenants")
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"],
            ["incident_suppression_rules.id"],
            name=op.f("fk_prevention_records_rule_id_incident_suppression_rules"),
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_prevention_records_incident_id_incidents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prevention_records")),
        sa.UniqueConstraint(
            "tenant_id",
            "source_type",
            "source_ref",
            name=op.f("uq_prevention_records_tenant_id_source_type_source_ref"),
        ),
    )
    op.create_index("ix_prevention_records_tenant_created", "prevention_records", ["tenant_id", "created_at"])
    protect("prevention_records")


def downgrade() -> None:
    """Drop them again."""
    unprotect("prevention_records")
    op.drop_table("prevention_records")
    op.drop_table("incident_suppression_rules")
    op.drop_table("incident_intake")
    op.drop_table("incident_calls")
    op.drop_table("incident_postmortems")
    unprotect("incident_evidence")
    op.drop_table("incident_evidence")
