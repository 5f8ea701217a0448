# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Writes feature tags, cost records and budgets of a tenant.
# Callers: L5 cost_write, spine analytics_cost_write_handler
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: cost_budgets, cost_records, feature_tags
# Writes: cost_budgets, cost_records, feature_tags
"""Cost write driver on a synchronous session; L4 runs it inside ``AsyncSession.run_sync``."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.hoc.cus.analytics.L5_schemas.content_id import content_id
from app.hoc.cus.analytics.L5_schemas.cost_rows import (
    BudgetType,
    CostBudgetRow,
    CostRecordRow,
    FeatureTagRow,
    NewCostRecord,
)
from app.hoc.cus.analytics.L6_drivers.cost_row_mapping import to_budget, to_cost_record, to_feature_tag
from app.hoc.cus.analytics.L6_drivers.insert_once import insert_once
from app.models.cost import CostBudget, CostRecord, FeatureTag

_CHANGEABLE = frozenset({"display_name", "description", "budget_cents", "is_active"})


class CostWriteDriver:
    """Writes cost metering data; flushes, never commits."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find_feature_tag(self, tenant_id: str, tag: str) -> FeatureTagRow | None:
        """The tenant's tag, or None."""
        row = self._tag(tenant_id, tag)
        return None if row is None else to_feature_tag(row)

    def create_feature_tag(
        self,
        tenant_id: str,
        tag: str,
        display_name: str,
        description: str | None = None,
        budget_cents: Decimal | None = None,
        *,
        now: datetime,
    ) -> FeatureTagRow | None:
        """Insert a tag; None when the tenant has it already."""
        row = FeatureTag(
            id=content_id("ft", tenant_id, tag),
            tenant_id=tenant_id,
            tag=tag,
            display_name=display_name,
            description=description,
            budget_cents=budget_cents,
            is_active=True,
            created_at=now,
            updated_at=now,
        )
        return self._read_back(row) if insert_once(self._session, row) else None

    def update_feature_tag(
        self, tenant_id: str, tag: str, changes: Mapping[str, Any], *, now: datetime
    ) -> tuple[FeatureTagRow, FeatureTagRow] | None:
        """Set the named columns, also to None; the tag before and after, or None when the tenant has no such tag.

        Raises ``ValueError`` for a column that may not be changed.
        """
        unknown = sorted(set(changes) - _CHANGEABLE)
        if unknown:
            raise ValueError(f"feature tags have no changeable {', '.join(unknown)}")
        row = self._tag(tenant_id, tag, lock=True)
        if row is None:
            return None
        before = to_feature_tag(row)
        for column, value in changes.items():
            setattr(row, column, value)
        row.updated_at = now
        self._session.flush()
        return before, self._read_back(row)

    def create_cost_record(self, record: NewCostRecord) -> tuple[CostRecordRow, bool]:
        """Insert a record. When the tenant has one with its key, return that one and False instead of True."""
        # The tenant is part of what the id is made of: the same key of another tenant is another record.
        key = record.key or uuid.uuid4().hex
        record_id = content_id("cr", record.tenant_id, key)
        row = CostRecord(
            id=record_id,
            tenant_id=record.tenant_id,
            user_id=record.user_id,
            feature_tag=record.feature_tag,
            request_id=record.request_id,
            workflow_id=record.workflow_id,
            skill_id=record.skill_id,
            model=record.model,
            input_tokens=record.input_tokens,
            output_tokens=record.output_tokens,
            cost_cents=record.cost_cents,
            is_retry=record.is_retry,
            created_at=record.created_at,
        )
        created = insert_once(self._session, row)
        stored = self._session.scalars(
            select(CostRecord)
            .where(CostRecord.tenant_id == record.tenant_id, CostRecord.id == record_id)
            .execution_options(populate_existing=True)
        ).one()
        return to_cost_record(stored), created

    def create_or_update_budget(
        self,
        tenant_id: str,
        budget_type: BudgetType,
        entity_id: str | None,
        daily_limit_cents: Decimal | None,
        monthly_limit_cents: Decimal | None,
        warn_threshold_pct: int,
        hard_limit_enabled: bool,
        *,
        now: datetime,
    ) -> tuple[CostBudgetRow | None, CostBudgetRow]:
        """Insert the budget of that type and entity, or overwrite its settings and make it active again; returns what
        it was, None for a new one, and what it is.
        """
        budget_id = content_id("cb", tenant_id, budget_type.value, entity_id)
        settings = {
            "daily_limit_cents": daily_limit_cents,
            "monthly_limit_cents": monthly_limit_cents,
            "warn_threshold_pct": warn_threshold_pct,
            "hard_limit_enabled": hard_limit_enabled,
            "is_active": True,
            "updated_at": now,
        }
        row = CostBudget(
            id=budget_id,
            tenant_id=tenant_id,
            budget_type=budget_type.value,
            entity_id=entity_id,
            created_at=now,
            **settings,
        )
        before = None
        if not insert_once(self._session, row):
            row = self._session.scalars(
                select(CostBudget)
                .where(CostBudget.tenant_id == tenant_id, CostBudget.id == budget_id)
                .with_for_update()
                .execution_options(populate_existing=True)
            ).one()
            before = to_budget(row)
            for column, value in settings.items():
                setattr(row, column, value)
            self._session.flush()
        self._session.refresh(row)
        return before, to_budget(row)

    def _tag(self, tenant_id: str, tag: str, *, lock: bool = False) -> FeatureTag | None:
        statement = select(FeatureTag).where(FeatureTag.tenant_id == tenant_id, FeatureTag.tag == tag)
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return self._session.scalars(statement).one_or_none()

    def _read_back(self, row: FeatureTag) -> FeatureTagRow:
        # What the database made of the values, not what was handed in.
        self._session.refresh(row)
        return to_feature_tag(row)


def get_cost_write_driver(session: Session) -> CostWriteDriver:
    """Return a driver on ``session``."""
    return CostWriteDriver(session)


__all__ = ["CostWriteDriver", "get_cost_write_driver"]
