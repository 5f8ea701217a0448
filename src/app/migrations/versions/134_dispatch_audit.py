"""The dispatch audit: rows are never changed, old ones make room for new ones.

Revision ID: 134_dispatch_audit
Revises: 133_event_cursors
"""

import sqlalchemy as sa
from alembic import op

from app.migrations.append_only import protect_from_update, unprotect_from_update

revision = "134_dispatch_audit"
down_revision = "133_event_cursors"
branch_labels = None
depends_on = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "dispatch_audit"


def upgrade() -> None:
    """Create ``dispatch_audit``."""
    op.create_table(
        TABLE,
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("operation", sa.String(100), nullable=False),
        sa.Column("method", sa.String(100), nullable=True),
        sa.Column("tenant_id", sa.String(36), nullable=True),
        sa.Column("actor_type", sa.String(20), nullable=False),
        sa.Column("actor_id", sa.String(100), nullable=True),
        sa.Column("request_id", sa.String(40), nullable=True),
        sa.Column("success", sa.Boolean(), nullable=False),
        sa.Column("error_code", sa.String(100), nullable=True),
        sa.Column("duration_ms", sa.Double(), nullable=False),
        sa.Column("governance_active", sa.Boolean(), nullable=False),
        sa.Column("authority_allowed", sa.Boolean(), nullable=False),
        sa.Column("authority_degraded", sa.Boolean(), nullable=False),
        sa.Column("authority_code", sa.String(50), nullable=False),
        sa.Column("authority_reason", sa.String(200), nullable=False),
        sa.CheckConstraint("duration_ms >= 0", name=op.f(f"ck_{TABLE}_duration_not_negative")),
        sa.CheckConstraint("success = (error_code IS NULL)", name=op.f(f"ck_{TABLE}_failure_has_code")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index("ix_dispatch_audit_operation", TABLE, ["operation", "id"])
    op.create_index("ix_dispatch_audit_tenant_id", TABLE, ["tenant_id", "id"])
    protect_from_update(TABLE)


def downgrade() -> None:
    """Drop the table."""
    unprotect_from_update(TABLE)
    op.drop_table(TABLE)
