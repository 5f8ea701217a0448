"""The event outbox and its numbering.

Revision ID: 130_event_outbox
Revises: 130_costsim_provenance
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.migrations.append_only import protect, unprotect

revision = "130_event_outbox"
down_revision = "130_costsim_provenance"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create ``event_outbox`` and ``event_sequences``."""
    op.create_table(
        "event_outbox",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("event_id", sa.String(36), nullable=False),
        sa.Column("event_type", sa.String(100), nullable=False),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("project_id", sa.String(100), nullable=False),
        sa.Column("sequence_no", sa.BigInteger(), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sequence_no >= 1", name=op.f("ck_event_outbox_sequence_from_one")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_event_outbox_tenant_id_tenants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_outbox")),
        sa.UniqueConstraint("event_id", name=op.f("uq_event_outbox_event_id")),
        sa.UniqueConstraint(
            "tenant_id",
            "project_id",
            "sequence_no",
            name=op.f("uq_event_outbox_tenant_id_project_id_sequence_no"),
        ),
    )
    protect("event_outbox")
    op.create_table(
        "event_sequences",
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("project_id", sa.String(100), nullable=False),
        sa.Column("last_sequence_no", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("last_sequence_no >= 1", name=op.f("ck_event_sequences_sequence_from_one")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_event_sequences_tenant_id_tenants")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "project_id", name=op.f("pk_event_sequences")),
    )


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("event_sequences")
    unprotect("event_outbox")
    op.drop_table("event_outbox")
