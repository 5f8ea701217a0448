# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: Feature tags, cost records and budgets as domain objects, and sums of spending.
# Callers: L5_engines, L5_schemas, L6_drivers, spine handlers
# Allowed Imports: stdlib
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""Rows of cost metering. Amounts are exact cents, times are aware UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum


class BudgetType(str, Enum):
    """Whom a budget limits."""

    TENANT = "tenant"
    FEATURE = "feature"
    USER = "user"


class SpendDimension(str, Enum):
    """What spending is broken down by."""

    FEATURE = "feature"
    USER = "user"
    MODEL = "model"


@dataclass(frozen=True)
class FeatureTagRow:
    """A feature tag; ``budget_cents`` is what it may spend in 30 days."""

    id: str
    tenant_id: str
    tag: str
    display_name: str
    description: str | None
    budget_cents: Decimal | None
    is_active: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class NewCostRecord:
    """A metered call to record. ``key`` is the tenant's own name for the call; a call with one is recorded once."""

    tenant_id: str
    model: str
    cost_cents: Decimal
    created_at: datetime
    key: str | None = None
    user_id: str | None = None
    feature_tag: str | None = None
    request_id: str | None = None
    workflow_id: str | None = None
    skill_id: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    is_retry: bool = False


@dataclass(frozen=True)
class CostRecordRow:
    """A stored metered call."""

    id: str
    tenant_id: str
    user_id: str | None
    feature_tag: str | None
    request_id: str | None
    workflow_id: str | None
    skill_id: str | None
    model: str
    input_tokens: int
    output_tokens: int
    cost_cents: Decimal
    is_retry: bool
    created_at: datetime


@dataclass(frozen=True)
class CostBudgetRow:
    """A spending limit; ``entity_id`` is None exactly for the tenant's own."""

    id: str
    tenant_id: str
    budget_type: BudgetType
    entity_id: str | None
    daily_limit_cents: Decimal | None
    monthly_limit_cents: Decimal | None
    warn_threshold_pct: int
    hard_limit_enabled: bool
    is_active: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class SpendTotals:
    """Sums over cost records."""

    spend_cents: Decimal
    requests: int
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class SpendGroup:
    """Sums of one feature, user or model; ``name`` is None for records that name none."""

    name: str | None
    totals: SpendTotals
