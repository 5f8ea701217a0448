# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Turns rows of cost metering into domain objects.
# Callers: L6 {cost_anomaly_read_driver, cost_read_driver, cost_write_driver}
# Allowed Imports: L7, L5_schemas
# Forbidden Imports: L2, L4, L5_engines
# Reads: none
# Writes: none
"""Mapping of feature tags, cost records and budgets."""

from __future__ import annotations

from app.hoc.cus.analytics.L5_schemas.cost_rows import (
    BudgetType,
    CostBudgetRow,
    CostRecordRow,
    FeatureTagRow,
)
from app.models.cost import CostBudget, CostRecord, FeatureTag


def to_feature_tag(row: FeatureTag) -> FeatureTagRow:
    """The tag as a domain object."""
    return FeatureTagRow(
        id=row.id,
        tenant_id=row.tenant_id,
        tag=row.tag,
        display_name=row.display_name,
        description=row.description,
        budget_cents=row.budget_cents,
        is_active=row.is_active,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def to_cost_record(row: CostRecord) -> CostRecordRow:
    """The record as a domain object."""
    return CostRecordRow(
        id=row.id,
        tenant_id=row.tenant_id,
        user_id=row.user_id,
        feature_tag=row.feature_tag,
        request_id=row.request_id,
        workflow_id=row.workflow_id,
        skill_id=row.skill_id,
        model=row.model,
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        cost_cents=row.cost_cents,
        is_retry=row.is_retry,
        created_at=row.created_at,
    )


def to_budget(row: CostBudget) -> CostBudgetRow:
    """The budget as a domain object."""
    return CostBudgetRow(
        id=row.id,
        tenant_id=row.tenant_id,
        budget_type=BudgetType(row.budget_type),
        entity_id=row.entity_id,
        daily_limit_cents=row.daily_limit_cents,
        monthly_limit_cents=row.monthly_limit_cents,
        warn_threshold_pct=row.warn_threshold_pct,
        hard_limit_enabled=row.hard_limit_enabled,
        is_active=row.is_active,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
