"""The append-only audit ledger.

Revision ID: 132_audit_ledger
Revises: 131_monitoring_analytics_reproducibility_fields
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.migrations.append_only import protect, unprotect

revision = "132_audit_ledger"
down_revision = "131_monitoring_analytics_reproducibility_fields"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "audit_ledger"


def upgrade() -> None:
    """Create ``audit_ledger``."""
    op.create_table(
        TABLE,
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("event_type", sa.String(100), nullable=False),
        sa.Column("entity_type", sa.String(50), nullable=False),
        sa.Column("entity_id", sa.String(100), nullable=False),
        sa.Column("actor_type", sa.String(20), nullable=False),
        sa.Column("actor_id", sa.String(100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("before_state", JSON, nullable=True),
        sa.Column("after_state", JSON, nullable=True),
        sa.Column("request_id", sa.String(40), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "actor_type IN ('user', 'system', 'sdk', 'founder')", name=op.f(f"ck_{TABLE}_actor_type_valid")
        ),
        sa.CheckConstraint("length(entity_id) BETWEEN 1 AND 100", name=op.f(f"ck_{TABLE}_entity_id_length")),
        sa.CheckConstraint("length(actor_id) BETWEEN 1 AND 100", name=op.f(f"ck_{TABLE}_actor_id_length")),
        sa.CheckConstraint(
            "before_state IS NOT NULL OR after_state IS NOT NULL", name=op.f(f"ck_{TABLE}_says_something")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f(f"fk_{TABLE}_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index("ix_audit_ledger_entity", TABLE, ["tenant_id", "entity_type", "entity_id", "id"])
    protect(TABLE)


def downgrade() -> None:
    """Drop the table."""
    unprotect(TABLE)
    op.drop_table(TABLE)
