"""Worker runs, whose outcome is immutable, agent runs and execution traces.

Revision ID: 123_execution_signals
Revises: 122_cost_metering
"""

import sqlalchemy as sa
from alembic import op

revision = "123_execution_signals"
down_revision = "122_cost_metering"
branch_labels = None
depends_on = None

# Exact cents: millionths as whole numbers where the database has no decimal type.
AMOUNT = sa.Numeric(20, 6).with_variant(sa.BigInteger(), "sqlite")

# What may not change once a run has ended: written out, because the schema is replayed from this text.
_POSTGRESQL_GUARD = (
    """
    CREATE FUNCTION worker_runs_immutable_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'an ended worker run is immutable' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE TRIGGER worker_runs_immutable_guard BEFORE UPDATE ON worker_runs FOR EACH ROW
    WHEN (OLD.status IN ('completed', 'failed', 'crashed') AND (
        NEW.status IS DISTINCT FROM OLD.status OR NEW.error IS DISTINCT FROM OLD.error
        OR NEW.total_tokens IS DISTINCT FROM OLD.total_tokens
        OR NEW.cost_cents IS DISTINCT FROM OLD.cost_cents
        OR NEW.completed_at IS DISTINCT FROM OLD.completed_at
    )) EXECUTE FUNCTION worker_runs_immutable_guard()
    """,
)
_SQLITE_GUARD = (
    """
    CREATE TRIGGER worker_runs_immutable_guard BEFORE UPDATE ON worker_runs
    WHEN OLD.status IN ('completed', 'failed', 'crashed') AND (
        NEW.status IS NOT OLD.status OR NEW.error IS NOT OLD.error
        OR NEW.total_tokens IS NOT OLD.total_tokens OR NEW.cost_cents IS NOT OLD.cost_cents
        OR NEW.completed_at IS NOT OLD.completed_at
    )
    BEGIN SELECT RAISE(ABORT, 'an ended worker run is immutable'); END
    """,
)


def upgrade() -> None:
    """Create ``worker_runs``, ``runs`` and ``aos_traces``."""
    op.create_table(
        "worker_runs",
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("worker_id", sa.String(100), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("status", sa.String(50), server_default=sa.text("'queued'"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("total_tokens", sa.Integer(), nullable=True),
        sa.Column("cost_cents", AMOUNT, nullable=True),
        sa.Column("attempt", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("is_retry", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'completed', 'failed', 'crashed')",
            name=op.f("ck_worker_runs_status_valid"),
        ),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_worker_runs_attempt_counts_from_one")),
        sa.CheckConstraint("cost_cents >= 0", name=op.f("ck_worker_runs_cost_not_negative")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_worker_runs_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_worker_runs")),
    )
    op.create_index("ix_worker_runs_tenant_created", "worker_runs", ["tenant_id", "created_at"])
    op.create_index(
        "ix_worker_runs_tenant_status_created", "worker_runs", ["tenant_id", "status", "created_at"]
    )
    op.create_table(
        "runs",
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("trace_id", sa.String(64), nullable=True),
        sa.Column("input_tokens", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("output_tokens", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("input_tokens >= 0 AND output_tokens >= 0", name=op.f("ck_runs_not_negative")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_runs_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_runs")),
    )
    op.create_index("ix_runs_tenant_created", "runs", ["tenant_id", "created_at"])
    op.create_index("ix_runs_tenant_trace", "runs", ["tenant_id", "trace_id"])
    op.create_table(
        "aos_traces",
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("trace_id", sa.String(64), nullable=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('success', 'failure')", name=op.f("ck_aos_traces_status_valid")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_aos_traces_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_aos_traces")),
    )
    op.create_index("ix_aos_traces_tenant_created", "aos_traces", ["tenant_id", "created_at"])
    guard = _POSTGRESQL_GUARD if op.get_context().dialect.name == "postgresql" else _SQLITE_GUARD
    for statement in guard:
        op.execute(statement)


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("aos_traces")
    op.drop_table("runs")
    op.drop_table("worker_runs")
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION worker_runs_immutable_guard()")
