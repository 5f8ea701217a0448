"""Incidents get a whole life: states with REOPENED, who did what when, and a timeline.

Revision ID: 128_incident_lifecycle
Revises: 128_detection_runs
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.migrations.append_only import protect, unprotect

revision = "128_incident_lifecycle"
down_revision = "128_detection_runs"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
# Exact amounts: millionths as whole numbers where the database has no decimal type.
AMOUNT = sa.Numeric(20, 6).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    """Extend ``incidents``, fill the new columns of rows that exist, and create ``incident_events`` with the
    first entry of each.
    """
    op.add_column(
        "incidents", sa.Column("revision", sa.Integer(), nullable=False, server_default=sa.text("1"))
    )
    op.add_column("incidents", sa.Column("started_at", MOMENT, nullable=True))
    op.add_column("incidents", sa.Column("updated_at", MOMENT, nullable=True))
    op.add_column("incidents", sa.Column("ended_at", MOMENT, nullable=True))
    op.add_column("incidents", sa.Column("duration_seconds", sa.Integer(), nullable=True))
    op.add_column("incidents", sa.Column("acknowledged_at", MOMENT, nullable=True))
    op.add_column("incidents", sa.Column("acknowledged_by", sa.String(100), nullable=True))
    op.add_column("incidents", sa.Column("resolved_at", MOMENT, nullable=True))
    op.add_column("incidents", sa.Column("resolved_by", sa.String(100), nullable=True))
    op.add_column("incidents", sa.Column("resolution_method", sa.String(20), nullable=True))
    op.add_column("incidents", sa.Column("resolution_notes", sa.Text(), nullable=True))
    op.add_column(
        "incidents", sa.Column("reopened_count", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    op.add_column(
        "incidents", sa.Column("calls_affected", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    op.add_column("incidents", sa.Column("cost_impact", AMOUNT, nullable=True))
    op.add_column(
        "incidents", sa.Column("escalated", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("incidents", sa.Column("escalated_at", MOMENT, nullable=True))
    op.add_column("incidents", sa.Column("auto_action", sa.String(50), nullable=True))
    op.add_column("incidents", sa.Column("error_code", sa.String(100), nullable=True))
    op.add_column("incidents", sa.Column("error_message", sa.Text(), nullable=True))
    op.add_column("incidents", sa.Column("source_run_id", sa.String(64), nullable=True))
    op.add_column(
        "incidents", sa.Column("is_synthetic", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    # Canonical state first, then everything that follows from it.
    op.execute(
        "UPDATE incidents SET lifecycle_state = CASE status WHEN 'resolved' THEN 'RESOLVED' "
        "WHEN 'acknowledged' THEN 'ACKED' ELSE 'ACTIVE' END WHERE lifecycle_state = 'ACTIVE'"
    )
    op.execute(
        "UPDATE incidents SET status = CASE lifecycle_state WHEN 'RESOLVED' THEN 'resolved' "
        "WHEN 'ACKED' THEN 'acknowledged' ELSE 'open' END, category = upper(category), "
        "started_at = created_at, updated_at = created_at, cost_impact = cost_delta_cents / 100"
    )
    op.execute(
        "UPDATE incidents SET acknowledged_at = created_at, acknowledged_by = 'system' "
        "WHERE lifecycle_state = 'ACKED'"
    )
    op.execute(
        "UPDATE incidents SET resolved_at = created_at, ended_at = created_at, duration_seconds = 0, "
        "resolved_by = 'system', resolution_method = 'auto' WHERE lifecycle_state = 'RESOLVED'"
    )
    with op.batch_alter_table("incidents") as batch:
        batch.drop_constraint(op.f("ck_incidents_lifecycle_state_valid"), type_="check")
        batch.alter_column("started_at", existing_type=MOMENT, nullable=False)
        batch.alter_column("updated_at", existing_type=MOMENT, nullable=False)
        batch.create_check_constraint(
            op.f("ck_incidents_lifecycle_state_valid"),
            "lifecycle_state IN ('ACTIVE', 'ACKED', 'RESOLVED', 'REOPENED')",
        )
        batch.create_check_constraint(
            op.f("ck_incidents_status_matches_state"),
            "(status = 'acknowledged') = (lifecycle_state = 'ACKED') "
            "AND (status = 'resolved') = (lifecycle_state = 'RESOLVED')",
        )
        batch.create_check_constraint(
            op.f("ck_incidents_resolved_has_end"),
            "(resolved_at IS NOT NULL) = (lifecycle_state = 'RESOLVED') "
            "AND (ended_at IS NOT NULL) = (lifecycle_state = 'RESOLVED') "
            "AND (duration_seconds IS NOT NULL) = (lifecycle_state = 'RESOLVED')",
        )
        batch.create_check_constraint(
            op.f("ck_incidents_acknowledged_has_time"),
            "(acknowledged_at IS NULL) = (acknowledged_by IS NULL) "
            "AND (lifecycle_state <> 'ACKED' OR acknowledged_at IS NOT NULL)",
        )
        batch.create_check_constraint(
            op.f("ck_incidents_cause_type_valid"), "cause_type IN ('LLM_RUN', 'SYSTEM', 'HUMAN')"
        )
        batch.create_check_constraint(
            op.f("ck_incidents_source_type_valid"),
            "source_type IN ('run', 'killswitch', 'policy', 'manual', 'cost_anomaly', 'trigger')",
        )
        batch.create_check_constraint(op.f("ck_incidents_category_upper_case"), "category = upper(category)")
        batch.create_check_constraint(
            op.f("ck_incidents_resolution_method_valid"),
            "resolution_method IN ('auto', 'manual', 'rollback', 'manual_closure')",
        )
        batch.create_check_constraint(
            op.f("ck_incidents_resolution_needs_state"),
            "lifecycle_state = 'RESOLVED' OR (resolved_by IS NULL AND resolution_method IS NULL "
            "AND resolution_notes IS NULL)",
        )
        batch.create_check_constraint(
            op.f("ck_incidents_escalated_has_time"), "escalated = (escalated_at IS NOT NULL)"
        )
        batch.create_check_constraint(
            op.f("ck_incidents_counts_not_negative"),
            "calls_affected >= 0 AND reopened_count >= 0 AND revision >= 1",
        )
    op.create_index("ix_incidents_tenant_state", "incidents", ["tenant_id", "lifecycle_state"])
    op.create_index("ix_incidents_tenant_trigger", "incidents", ["tenant_id", "trigger_type", "started_at"])
    op.create_table(
        "incident_events",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("incident_id", sa.String(64), nullable=False),
        sa.Column("sequence_no", sa.Integer(), nullable=False),
        sa.Column("event_type", sa.String(50), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("actor_type", sa.String(16), nullable=False),
        sa.Column("actor_id", sa.String(100), nullable=False),
        sa.Column("before_state", JSON, nullable=True),
        sa.Column("after_state", JSON, nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("sequence_no >= 1", name=op.f("ck_incident_events_sequence_from_one")),
        sa.CheckConstraint(
            "(sequence_no = 1) = (before_state IS NULL)", name=op.f("ck_incident_events_first_has_no_before")
        ),
        sa.CheckConstraint(
            "actor_type IN ('user', 'system', 'sdk', 'founder')",
            name=op.f("ck_incident_events_actor_type_valid"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_incident_events_tenant_id_tenants")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_incident_events_incident_id_incidents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_events")),
        sa.UniqueConstraint(
            "incident_id", "sequence_no", name=op.f("uq_incident_events_incident_id_sequence_no")
        ),
    )
    op.create_index(
        "ix_incident_events_timeline", "incident_events", ["incident_id", "created_at", "sequence_no"]
    )
    op.create_index("ix_incident_events_tenant_created", "incident_events", ["tenant_id", "created_at"])
    op.execute(_first_entries(op.get_bind().dialect.name))
    protect("incident_events")


def downgrade() -> None:
    """Drop the timeline and the new columns. What is reopened becomes active again: the older schema has no
    other word for it.
    """
    unprotect("incident_events")
    op.drop_table("incident_events")
    op.drop_index("ix_incidents_tenant_trigger", "incidents")
    op.drop_index("ix_incidents_tenant_state", "incidents")
    op.execute("UPDATE incidents SET lifecycle_state = 'ACTIVE' WHERE lifecycle_state = 'REOPENED'")
    with op.batch_alter_table("incidents") as batch:
        batch.drop_constraint(op.f("ck_incidents_counts_not_negative"), type_="check")
        batch.drop_constraint(op.f("ck_incidents_escalated_has_time"), type_="check")
        batch.drop_constraint(op.f("ck_incidents_resolution_needs_state"), type_="check")
        batch.drop_constraint(op.f("ck_incidents_resolution_method_valid"), type_="check")
        batch.drop_constraint(op.f("ck_incidents_category_upper_case"), type_="check")
        batch.drop_constraint(op.f("ck_incidents_source_type_valid"), type_="check")
        batch.drop_constraint(op.f("ck_incidents_cause_type_valid"), type_="check")
        batch.drop_constraint(op.f("ck_incidents_acknowledged_has_time"), type_="check")
        batch.drop_constraint(op.f("ck_incidents_resolved_has_end"), type_="check")
        batch.drop_constraint(op.f("ck_incidents_status_matches_state"), type_="check")
        batch.drop_constraint(op.f("ck_incidents_lifecycle_state_valid"), type_="check")
        batch.drop_column("is_synthetic")
        batch.drop_column("source_run_id")
        batch.drop_column("error_message")
        batch.drop_column("error_code")
        batch.drop_column("auto_action")
        batch.drop_column("escalated_at")
        batch.drop_column("escalated")
        batch.drop_column("cost_impact")
        batch.drop_column("calls_affected")
        batch.drop_column("reopened_count")
        batch.drop_column("resolution_notes")
        batch.drop_column("resolution_method")
        batch.drop_column("resolved_by")
        batch.drop_column("resolved_at")
        batch.drop_column("acknowledged_by")
        batch.drop_column("acknowledged_at")
        batch.drop_column("duration_seconds")
        batch.drop_column("ended_at")
        batch.drop_column("updated_at")
        batch.drop_column("started_at")
        batch.drop_column("revision")
        batch.create_check_constraint(
            op.f("ck_incidents_lifecycle_state_valid"), "lifecycle_state IN ('ACTIVE', 'ACKED', 'RESOLVED')"
        )


# What the first entry says of an incident that is older than the timeline; keys are those of later entries.
_PLAIN = ("status", "lifecycle_state", "severity", "affected_count", "calls_affected", "reopened_count")
_PLAIN_TOO = ("acknowledged_by", "resolved_by", "resolution_method", "resolution_notes", "duration_seconds")
_MOMENTS = ("acknowledged_at", "resolved_at", "ended_at", "updated_at", "escalated_at")
_AMOUNTS = ("cost_delta_cents", "cost_impact")
_LATER = ("resolution_type", "resolution_summary", "postmortem_artifact_id")
_ENTRY = [
    "id",
    "tenant_id",
    "incident_id",
    "sequence_no",
    "event_type",
    "description",
    "actor_type",
    "actor_id",
    "after_state",
    "data",
    "created_at",
]


def _first_entries(dialect: str) -> sa.Insert:
    sqlite = dialect == "sqlite"
    pairs = [(name, name) for name in (*_PLAIN, *_PLAIN_TOO)]
    pairs += [(name, _moment(name, sqlite)) for name in _MOMENTS]
    pairs += [(name, _amount(name, sqlite)) for name in _AMOUNTS]
    pairs += [(name, "NULL") for name in _LATER]
    pairs += [("escalated", "json('false')" if sqlite else "false")]
    arguments: list[sa.ColumnElement[Any]] = [
        sa.literal_column(part) for name, value in pairs for part in (f"'{name}'", value)
    ]
    state = sa.func.json_object(*arguments) if sqlite else sa.func.jsonb_build_object(*arguments)
    incident = sa.table(
        "incidents", *(sa.column(name) for name in ("id", "tenant_id", "title", "created_at"))
    )
    return sa.insert(sa.table("incident_events", *(sa.column(name) for name in _ENTRY))).from_select(
        _ENTRY,
        sa.select(
            sa.literal_column("'ie_' || substr(id, 1, 61)"),
            incident.c.tenant_id,
            incident.c.id,
            sa.literal_column("1"),
            sa.literal_column("'incident_created'"),
            incident.c.title,
            sa.literal_column("'system'"),
            sa.literal_column("'system'"),
            state,
            sa.literal_column("'{}'" if sqlite else "'{}'::jsonb"),
            incident.c.created_at,
        ).select_from(incident),
    )


def _moment(name: str, sqlite: bool) -> str:
    """A moment as Python writes one in UTC: always with microseconds and +00:00."""
    if sqlite:
        return f"replace(substr({name}, 1, 26), ' ', 'T') || '+00:00'"
    return f"to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') || '+00:00'"


def _amount(name: str, sqlite: bool) -> str:
    """An amount as text with six places."""
    if not sqlite:
        return f"{name}::text"
    sign = f"CASE WHEN {name} < 0 THEN '-' WHEN {name} >= 0 THEN '' END"
    return f"{sign} || printf('%d.%06d', abs({name}) / 1000000, abs({name}) % 1000000)"
