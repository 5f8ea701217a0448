"""What each consumer of events was given.

Revision ID: 133_event_cursors
Revises: 132_audit_ledger
"""

import sqlalchemy as sa
from alembic import op

revision = "133_event_cursors"
down_revision = "132_audit_ledger"
branch_labels = None
depends_on = None

TABLE = "event_cursors"


def upgrade() -> None:
    """Create ``event_cursors``."""
    op.create_table(
        TABLE,
        sa.Column("consumer", sa.String(50), nullable=False),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("project_id", sa.String(100), nullable=False),
        sa.Column("published_through", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("published_through >= 0", name=op.f(f"ck_{TABLE}_published_not_negative")),
        sa.CheckConstraint("length(consumer) BETWEEN 1 AND 50", name=op.f(f"ck_{TABLE}_consumer_length")),
        sa.CheckConstraint(
            "(published_through > 0) = (published_at IS NOT NULL)",
            name=op.f(f"ck_{TABLE}_published_has_time"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f(f"fk_{TABLE}_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("consumer", "tenant_id", "project_id", name=op.f(f"pk_{TABLE}")),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table(TABLE)
