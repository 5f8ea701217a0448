"""Leases: leadership on databases without advisory locks.

Revision ID: 130_costsim_leader_leases
Revises: 130_coordination_audit_records
"""

import sqlalchemy as sa
from alembic import op

revision = "130_costsim_leader_leases"
down_revision = "130_coordination_audit_records"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create ``leader_leases``."""
    op.create_table(
        "leader_leases",
        sa.Column("lock_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("acquired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("lock_id BETWEEN 7000 AND 7999", name=op.f("ck_leader_leases_lock_id_range")),
        sa.CheckConstraint("expires_at > acquired_at", name=op.f("ck_leader_leases_expires_after_start")),
        sa.PrimaryKeyConstraint("lock_id", name=op.f("pk_leader_leases")),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("leader_leases")
