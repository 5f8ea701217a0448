# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Turns rows of the incident tables into the domain's values and incidents into rows.
# Callers: L6 {incident_write_driver, incident_intake_driver, incident_postmortem_writes,
#          incident_record_driver}
# Allowed Imports: L7, L5_schemas
# Forbidden Imports: L2, L4, L5_engines
# Reads: none
# Writes: incidents (the rows it makes)
"""Mapping between incident rows and domain values."""

from __future__ import annotations

from app.hoc.cus.incidents.L5_schemas.incident_records import PostmortemRow, SuppressionRule
from app.hoc.cus.incidents.L5_schemas.incident_row import IncidentRow
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import (
    CauseType,
    IncidentSeverity,
    LifecycleState,
    ResolutionMethod,
    ResolutionType,
    SourceType,
)
from app.models.incident import Incident
from app.models.incident_prevention import IncidentSuppressionRule
from app.models.incident_records import IncidentPostmortem


def to_incident_row(row: Incident) -> IncidentRow:
    """The incident as a value."""
    return IncidentRow(
        id=row.id,
        tenant_id=row.tenant_id,
        title=row.title,
        description=row.description,
        severity=IncidentSeverity(row.severity),
        lifecycle_state=LifecycleState(row.lifecycle_state),
        category=row.category,
        cause_type=CauseType(row.cause_type),
        source_type=SourceType(row.source_type),
        source_ref=row.source_ref,
        trigger_type=row.trigger_type,
        trigger_value=row.trigger_value,
        impact_scope=row.impact_scope,
        affected_agent_id=row.affected_agent_id,
        affected_count=row.affected_count,
        cost_delta_cents=row.cost_delta_cents,
        created_at=row.created_at,
        started_at=row.started_at,
        updated_at=row.updated_at,
        revision=row.revision,
        ended_at=row.ended_at,
        duration_seconds=row.duration_seconds,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by,
        resolution_method=None if row.resolution_method is None else ResolutionMethod(row.resolution_method),
        resolution_type=None if row.resolution_type is None else ResolutionType(row.resolution_type),
        resolution_summary=row.resolution_summary,
        resolution_notes=row.resolution_notes,
        reopened_count=row.reopened_count,
        calls_affected=row.calls_affected,
        cost_impact=row.cost_impact,
        escalated=row.escalated,
        escalated_at=row.escalated_at,
        auto_action=row.auto_action,
        error_code=row.error_code,
        error_message=row.error_message,
        source_run_id=row.source_run_id,
        is_synthetic=row.is_synthetic,
        postmortem_artifact_id=row.postmortem_artifact_id,
        recurrence_signature=row.recurrence_signature,
        signature_version=row.signature_version,
    )


def to_incident(row: IncidentRow) -> Incident:
    """A new row of what has just been opened: nobody has acknowledged, resolved or escalated it yet."""
    return Incident(
        id=row.id,
        tenant_id=row.tenant_id,
        title=row.title,
        description=row.description,
        severity=row.severity.value,
        status=row.status,
        lifecycle_state=row.lifecycle_state.value,
        category=row.category,
        cause_type=row.cause_type.value,
        source_type=row.source_type.value,
        source_ref=row.source_ref,
        trigger_type=row.trigger_type,
        trigger_value=row.trigger_value,
        impact_scope=row.impact_scope,
        affected_agent_id=row.affected_agent_id,
        affected_count=row.affected_count,
        calls_affected=row.calls_affected,
        cost_delta_cents=row.cost_delta_cents,
        cost_impact=row.cost_impact,
        created_at=row.created_at,
        started_at=row.started_at,
        updated_at=row.updated_at,
        revision=row.revision,
        auto_action=row.auto_action,
        error_code=row.error_code,
        error_message=row.error_message,
        source_run_id=row.source_run_id,
        is_synthetic=row.is_synthetic,
        recurrence_signature=row.recurrence_signature,
        signature_version=row.signature_version,
    )


def to_postmortem_row(row: IncidentPostmortem) -> PostmortemRow:
    """The postmortem as a value."""
    actions = row.corrective_actions
    return PostmortemRow(
        id=row.id,
        tenant_id=row.tenant_id,
        incident_id=row.incident_id,
        revision=row.revision,
        status=row.status,
        title=row.title,
        summary=row.summary,
        root_cause=row.root_cause,
        impact=row.impact,
        corrective_actions=None if actions is None else tuple(actions),
        content_hash=row.content_hash,
        created_by=row.created_by,
        created_at=row.created_at,
        superseded_at=row.superseded_at,
        superseded_by=row.superseded_by,
    )


def to_suppression_rule(row: IncidentSuppressionRule) -> SuppressionRule:
    """The rule as a value."""
    return SuppressionRule(
        id=row.id,
        tenant_id=row.tenant_id,
        category=row.category,
        trigger_type=row.trigger_type,
        reason=row.reason,
        created_by=row.created_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
    )
