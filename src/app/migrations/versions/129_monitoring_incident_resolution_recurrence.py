"""How incidents were resolved, and what tells that one is like another.

Revision ID: 129_monitoring_incident_resolution_recurrence
Revises: 128_incident_records
"""

import sqlalchemy as sa
from alembic import op

revision = "129_monitoring_incident_resolution_recurrence"
down_revision = "128_incident_records"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add resolution_type, resolution_summary, postmortem_artifact_id, recurrence_signature and
    signature_version to ``incidents``.
    """
    with op.batch_alter_table("incidents") as batch:
        batch.add_column(sa.Column("resolution_type", sa.String(50), nullable=True))
        batch.add_column(sa.Column("resolution_summary", sa.Text(), nullable=True))
        batch.add_column(sa.Column("postmortem_artifact_id", sa.String(64), nullable=True))
        batch.add_column(sa.Column("recurrence_signature", sa.String(128), nullable=True))
        batch.add_column(sa.Column("signature_version", sa.String(20), nullable=True))
        batch.create_check_constraint(
            op.f("ck_incidents_resolution_type_valid"),
            "resolution_type IN ('manual', 'auto', 'rollback', 'fixed', 'mitigated', 'suppressed', "
            "'false_positive', 'duplicate', 'no_longer_relevant')",
        )
        batch.create_check_constraint(
            op.f("ck_incidents_resolution_type_needs_state"),
            "lifecycle_state = 'RESOLVED' OR (resolution_type IS NULL AND resolution_summary IS NULL)",
        )
        batch.create_check_constraint(
            op.f("ck_incidents_signature_has_version"),
            "(recurrence_signature IS NULL) = (signature_version IS NULL)",
        )
        batch.create_foreign_key(
            op.f("fk_incidents_postmortem_artifact_id_incident_postmortems"),
            "incident_postmortems",
            ["postmortem_artifact_id"],
            ["id"],
        )
    op.create_index(
        "ix_incidents_recurrence_signature",
        "incidents",
        ["tenant_id", "recurrence_signature", "signature_version"],
    )


def downgrade() -> None:
    """Drop them again."""
    op.drop_index("ix_incidents_recurrence_signature", "incidents")
    with op.batch_alter_table("incidents") as batch:
        batch.drop_constraint(
            op.f("fk_incidents_postmortem_artifact_id_incident_postmortems"), type_="foreignkey"
        )
        batch.drop_constraint(op.f("ck_incidents_signature_has_version"), type_="check")
        batch.drop_constraint(op.f("ck_incidents_resolution_type_needs_state"), type_="check")
        batch.drop_constraint(op.f("ck_incidents_resolution_type_valid"), type_="check")
        batch.drop_column("signature_version")
        batch.drop_column("recurrence_signature")
        batch.drop_column("postmortem_artifact_id")
        batch.drop_column("resolution_summary")
        batch.drop_column("resolution_type")
