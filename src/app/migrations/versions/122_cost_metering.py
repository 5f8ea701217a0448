"""Feature tags, append-only cost records and budgets.

Revision ID: 122_cost_metering
Revises: 121_canary_reports
"""

import sqlalchemy as sa
from alembic import op

revision = "122_cost_metering"
down_revision = "121_canary_reports"
branch_labels = None
depends_on = None

# Exact cents: millionths as whole numbers where the database has no decimal type.
AMOUNT = sa.Numeric(20, 6).with_variant(sa.BigInteger(), "sqlite")

_POSTGRESQL_GUARD = (
    """
    CREATE FUNCTION cost_records_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'cost_records is append-only' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE TRIGGER cost_records_no_change BEFORE UPDATE OR DELETE ON cost_records
        FOR EACH ROW EXECUTE FUNCTION cost_records_append_only()
    """,
    """
    CREATE TRIGGER cost_records_no_truncate BEFORE TRUNCATE ON cost_records
        FOR EACH STATEMENT EXECUTE FUNCTION cost_records_append_only()
    """,
)
_SQLITE_GUARD = (
    """
    CREATE TRIGGER cost_records_no_update BEFORE UPDATE ON cost_records
    BEGIN SELECT RAISE(ABORT, 'cost_records is append-only'); END
    """,
    """
    CREATE TRIGGER cost_records_no_delete BEFORE DELETE ON cost_records
    BEGIN SELECT RAISE(ABORT, 'cost_records is append-only'); END
    """,
)


def upgrade() -> None:
    """Create ``feature_tags``, ``cost_records`` and ``cost_budgets``."""
    op.create_table(
        "feature_tags",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("tag", sa.String(128), nullable=False),
        sa.Column("display_name", sa.String(256), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("budget_cents", AMOUNT, nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("budget_cents >= 0", name=op.f("ck_feature_tags_budget_not_negative")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_feature_tags_tenant_id_tenants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feature_tags")),
        sa.UniqueConstraint("tenant_id", "tag", name="uq_feature_tags_tenant_tag"),
    )
    op.create_table(
        "cost_records",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=True),
        sa.Column("feature_tag", sa.String(128), nullable=True),
        sa.Column("request_id", sa.String(64), nullable=True),
        sa.Column("workflow_id", sa.String(64), nullable=True),
        sa.Column("skill_id", sa.String(64), nullable=True),
        sa.Column("model", sa.String(64), nullable=False),
        sa.Column("input_tokens", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("output_tokens", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("cost_cents", AMOUNT, nullable=False),
        sa.Column("is_retry", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "cost_cents >= 0 AND input_tokens >= 0 AND output_tokens >= 0",
            name=op.f("ck_cost_records_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_cost_records_tenant_id_tenants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_records")),
    )
    op.create_index("ix_cost_records_tenant_created", "cost_records", ["tenant_id", "created_at"])
    op.create_index("ix_cost_records_tenant_feature", "cost_records", ["tenant_id", "feature_tag"])
    op.create_index("ix_cost_records_tenant_user", "cost_records", ["tenant_id", "user_id"])
    op.create_table(
        "cost_budgets",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("budget_type", sa.String(32), nullable=False),
        sa.Column("entity_id", sa.String(128), nullable=True),
        sa.Column("daily_limit_cents", AMOUNT, nullable=True),
        sa.Column("monthly_limit_cents", AMOUNT, nullable=True),
        sa.Column("warn_threshold_pct", sa.Integer(), server_default=sa.text("80"), nullable=False),
        sa.Column("hard_limit_enabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(budget_type = 'tenant') = (entity_id IS NULL)", name=op.f("ck_cost_budgets_entity_matches_type")
        ),
        sa.CheckConstraint(
            "budget_type IN ('tenant', 'feature', 'user')", name=op.f("ck_cost_budgets_type_valid")
        ),
        sa.CheckConstraint(
            "daily_limit_cents >= 0 AND monthly_limit_cents >= 0",
            name=op.f("ck_cost_budgets_limits_not_negative"),
        ),
        sa.CheckConstraint(
            "warn_threshold_pct BETWEEN 0 AND 100", name=op.f("ck_cost_budgets_warn_threshold_is_percentage")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_cost_budgets_tenant_id_tenants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_budgets")),
        sa.UniqueConstraint(
            "tenant_id",
            "budget_type",
            "entity_id",
            name=op.f("uq_cost_budgets_tenant_id_budget_type_entity_id"),
        ),
    )
    guard = _POSTGRESQL_GUARD if op.get_context().dialect.name == "postgresql" else _SQLITE_GUARD
    for statement in guard:
        op.execute(statement)


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("cost_budgets")
    op.drop_table("cost_records")
    op.drop_table("feature_tags")
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION cost_records_append_only()")
