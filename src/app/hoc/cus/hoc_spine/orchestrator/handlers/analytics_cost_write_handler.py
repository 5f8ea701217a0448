# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Operation analytics.cost_write: feature tags, cost records and budgets, one transaction per call.
# Callers: spine bootstrap
# Allowed Imports: L4, L5_engines, L5_schemas, L6, sqlalchemy
# Forbidden Imports: L2
# Emits: none
"""``analytics.cost_write``: writes. Methods: create_feature_tag, update_feature_tag, record_cost,
set_budget. What is set is entered into the audit ledger; a cost record is a record itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from app.hoc.cus.analytics.L5_engines.cost_intelligence_engine import CostIntelligenceEngine
from app.hoc.cus.analytics.L5_engines.cost_write import CostWriteService, get_cost_write_service
from app.hoc.cus.analytics.L5_schemas.cost_rows import (
    BudgetType,
    CostBudgetRow,
    CostRecordRow,
    FeatureTagRow,
    NewCostRecord,
)
from app.hoc.cus.analytics.L5_schemas.request_refused import RequestRefusedError
from app.hoc.cus.analytics.L6_drivers.cost_read_driver import get_cost_read_driver
from app.hoc.cus.analytics.L6_drivers.cost_write_driver import get_cost_write_driver
from app.hoc.cus.hoc_spine.orchestrator.audited_change import audit_change
from app.hoc.cus.hoc_spine.orchestrator.handlers.method_dispatch import choice, dispatch, operation_time
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationRegistry,
    OperationResult,
)
from app.hoc.cus.hoc_spine.orchestrator.transaction import transaction

T = TypeVar("T")
Setting = TypeVar("Setting", FeatureTagRow, CostBudgetRow)


class AnalyticsCostWriteHandler:
    """Amounts are ``Decimal`` cents with at most six places."""

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Serve one call."""
        return await dispatch(
            ctx,
            {
                "create_feature_tag": self._create_feature_tag,
                "update_feature_tag": self._update_feature_tag,
                "record_cost": self._record_cost,
                "set_budget": self._set_budget,
            },
        )

    async def _create_feature_tag(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        tag: str,
        display_name: str,
        description: str | None = None,
        budget_cents: Decimal | None = None,
    ) -> Any:
        async with transaction(session):
            return await _change_setting(
                session,
                ctx,
                "analytics.FeatureTagCreated",
                lambda service: (
                    None,
                    service.create_feature_tag(
                        ctx.tenant_id, tag, display_name, description, budget_cents, now=operation_time(ctx)
                    ),
                ),
            )

    async def _update_feature_tag(
        self, ctx: OperationContext, session: AsyncSession, *, tag: str, changes: Mapping[str, Any]
    ) -> Any:
        async with transaction(session):
            return await _change_setting(
                session,
                ctx,
                "analytics.FeatureTagChanged",
                lambda service: service.update_feature_tag(
                    ctx.tenant_id, tag, changes, now=operation_time(ctx)
                ),
            )

    async def _record_cost(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        model: str,
        cost_cents: Decimal,
        user_id: str | None = None,
        feature_tag: str | None = None,
        request_id: str | None = None,
        workflow_id: str | None = None,
        skill_id: str | None = None,
        input_tokens: int = 0,
        output_tokens: int = 0,
        is_retry: bool = False,
        idempotency_key: str | None = None,
        created_at: datetime | None = None,
    ) -> Any:
        """``created_at`` is for importers of past calls; no route takes it."""
        now = operation_time(ctx)
        if created_at is not None and created_at > now:
            raise RequestRefusedError("INVALID_PARAMS", "created_at lies in the future.")
        record = NewCostRecord(
            tenant_id=ctx.tenant_id,
            model=model,
            cost_cents=cost_cents,
            created_at=created_at or now,
            user_id=user_id,
            feature_tag=feature_tag,
            request_id=request_id,
            workflow_id=workflow_id,
            skill_id=skill_id,
            input_tokens=input_tokens,
            output_tokens=output_tokens,
            is_retry=is_retry,
        )
        async with transaction(session):
            stored, created = await session.run_sync(_record, record, idempotency_key)
        return {"record": stored, "created": created}

    async def _set_budget(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        budget_type: str,
        entity_id: str | None = None,
        daily_limit_cents: Decimal | None = None,
        monthly_limit_cents: Decimal | None = None,
        warn_threshold_pct: int = 80,
        hard_limit_enabled: bool = False,
    ) -> Any:
        kind, now = choice(BudgetType, budget_type, "budget_type"), operation_time(ctx)
        async with transaction(session):
            budget = await _change_setting(
                session,
                ctx,
                "analytics.BudgetSet",
                lambda service: service.create_or_update_budget(
                    ctx.tenant_id,
                    kind,
                    entity_id,
                    daily_limit_cents,
                    monthly_limit_cents,
                    warn_threshold_pct,
                    hard_limit_enabled,
                    now=now,
                ),
            )
            engine = CostIntelligenceEngine(get_cost_read_driver(session))
            return await engine.get_budget_use(budget, as_of=now)


def register(registry: OperationRegistry) -> None:
    """Register the operations of this module."""
    registry.register("analytics.cost_write", AnalyticsCostWriteHandler())


async def _change_setting(
    session: AsyncSession,
    ctx: OperationContext,
    event_type: str,
    change: Callable[[CostWriteService], tuple[Setting | None, Setting]],
) -> Setting:
    """Change a setting and enter who changed what into the ledger, in the transaction that is open."""
    before, after = await _with_service(session, change)
    await audit_change(
        session,
        ctx,
        event_type,
        entity_type="feature_tag" if isinstance(after, FeatureTagRow) else "cost_budget",
        entity_id=after.id,
        before=None if before is None else _state(before),
        after=_state(after),
    )
    return after


async def _with_service(session: AsyncSession, work: Callable[[CostWriteService], T]) -> T:
    """Run ``work`` on the synchronous side of the session, in the transaction that is open."""

    def run(sync_session: Session) -> T:
        return work(get_cost_write_service(get_cost_write_driver(sync_session)))

    return await session.run_sync(run)


def _record(
    session: Session, record: NewCostRecord, idempotency_key: str | None
) -> tuple[CostRecordRow, bool]:
    service = get_cost_write_service(get_cost_write_driver(session))
    return service.create_cost_record(record, idempotency_key=idempotency_key)


def _state(setting: FeatureTagRow | CostBudgetRow) -> dict[str, Any]:
    """What can be set of it, and what it is about; the ledger has tenant, id and moment already."""
    known = ("id", "tenant_id", "created_at", "updated_at")
    return {name: value for name, value in asdict(setting).items() if name not in known}
