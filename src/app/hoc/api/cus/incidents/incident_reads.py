# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Lists over HTTP: incidents (all, active, resolved, historical, of a run) and suppression rules.
# Callers: facades.cus.incidents
# Allowed Imports: L2, L4
# Forbidden Imports: L5, L6, L7
"""Incident lists over HTTP, each as it was at ``as_of``."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from app.hoc.api.cus.http.auth import require_scope
from app.hoc.api.cus.http.dependencies import ReadSession, Registry
from app.hoc.api.cus.http.envelope import AsOfEnvelope, AsOfListEnvelope, wrap_dict_as_of, wrap_list_as_of
from app.hoc.api.cus.http.errors import unwrap
from app.hoc.api.cus.incidents.incident_read_models import (
    ActiveQuery,
    FilteredListEnvelope,
    HistoricalQuery,
    IncidentQuery,
    PageQuery,
    PreventionQuery,
    PreventionRecordOut,
    ResolvedQuery,
    RulesQuery,
    wrap_page,
)
from app.hoc.api.cus.incidents.lifecycle_models import IncidentOut, SuppressionRuleOut
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext

router = APIRouter(prefix="/incidents", tags=["incidents"])

Reader = Annotated[Principal, Depends(require_scope("incidents:read"))]


@router.get("")
async def list_incidents(
    query: Annotated[IncidentQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> FilteredListEnvelope[IncidentOut]:
    """Incidents in whatever state."""
    as_of = query.moment()
    result = await registry.execute(
        "incidents.query",
        OperationContext.for_principal(
            principal,
            session,
            {
                "method": "list_incidents",
                "as_of": as_of,
                "filters": query.filters(),
                "page": query.page(query.sort_by, query.sort_order),
            },
        ),
    )
    return wrap_page(unwrap(result), query, as_of)


@router.get("/active")
async def list_active_incidents(
    query: Annotated[ActiveQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> FilteredListEnvelope[IncidentOut]:
    """Incidents that call for somebody: active, acknowledged or reopened."""
    as_of = query.moment()
    result = await registry.execute(
        "incidents.query",
        OperationContext.for_principal(
            principal,
            session,
            {
                "method": "list_active_incidents",
                "as_of": as_of,
                "filters": query.filters(),
                "page": query.page(query.sort_by, query.sort_order),
            },
        ),
    )
    return wrap_page(unwrap(result), query, as_of)


@router.get("/resolved")
async def list_resolved_incidents(
    query: Annotated[ResolvedQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> FilteredListEnvelope[IncidentOut]:
    """Incidents that were resolved at ``as_of``, the latest resolved first unless asked otherwise."""
    as_of = query.moment()
    result = await registry.execute(
        "incidents.query",
        OperationContext.for_principal(
            principal,
            session,
            {
                "method": "list_resolved_incidents",
                "as_of": as_of,
                "filters": query.filters(),
                "page": query.page(query.sort_by, query.sort_order),
            },
        ),
    )
    return wrap_page(unwrap(result), query, as_of)


@router.get("/historical")
async def list_historical_incidents(
    query: Annotated[HistoricalQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> FilteredListEnvelope[IncidentOut]:
    """Incidents that were resolved more than ``retention_days`` before ``as_of``."""
    as_of = query.moment()
    result = await registry.execute(
        "incidents.query",
        OperationContext.for_principal(
            principal,
            session,
            {
                "method": "list_historical_incidents",
                "as_of": as_of,
                "retention_days": query.retention_days,
                "filters": query.filters(),
                "page": query.page(query.sort_by, query.sort_order),
            },
        ),
    )
    return wrap_page(unwrap(result), query, as_of)


@router.get("/by-run/{run_id}")
async def list_incidents_of_run(
    run_id: Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[^\x00]*$")],
    query: Annotated[PageQuery, Query()],
    principal: Reader,
    registry: Registry,
    session: ReadSession,
) -> FilteredListEnvelope[IncidentOut]:
    """The incidents a run has caused, newest first."""
    as_of = query.moment()
    result = await registry.execute(
        "incidents.query",
        OperationContext.for_principal(
            principal,
            session,
            {"method": "get_incidents_for_run", "as_of": as_of, "run_id": run_id, "page": query.page()},
        ),
    )
    return wrap_page(unwrap(result), query, as_of)


@router.get("/prevention-records")
async def list_prevention_records(
    query: Annotated[PreventionQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> AsOfListEnvelope[PreventionRecordOut]:
    """What suppression rules had prevented at ``as_of``, newest first."""
    as_of = query.moment()
    result = await registry.execute(
        "incidents.query",
        OperationContext.for_principal(
            principal,
            session,
            {
                "method": "list_prevention_records",
                "as_of": as_of,
                "rule_id": query.rule_id,
                "limit": query.limit,
                "offset": query.offset,
            },
        ),
    )
    page = unwrap(result).answer
    return wrap_list_as_of(
        [PreventionRecordOut.model_validate(item) for item in page.items],
        total=page.total,
        limit=query.limit,
        offset=query.offset,
        as_of=as_of,
    )


@router.get("/suppression-rules")
async def list_suppression_rules(
    query: Annotated[RulesQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[list[SuppressionRuleOut]]:
    """The rules in force at ``as_of``, newest first."""
    as_of = query.moment()
    result = await registry.execute(
        "incidents.query",
        OperationContext.for_principal(
            principal,
            session,
            {"method": "list_suppression_rules", "as_of": as_of, "include_ended": query.include_ended},
        ),
    )
    rules = [SuppressionRuleOut.model_validate(rule) for rule in unwrap(result).answer]
    return wrap_dict_as_of(rules, as_of)
