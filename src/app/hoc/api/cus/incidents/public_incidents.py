# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: The public incident list: one strict endpoint that names every problem of a query at once.
# Callers: facades.cus.incidents
# Allowed Imports: L2, L4
# Forbidden Imports: L5, L6, L7
"""The public list. A topic decides which parameters there are; the order is fixed. Every malformed query is answered
with 400 ``INVALID_QUERY`` and all its problems: unknown and repeated parameters, wrong values, inverted ranges.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import ValidationError

from app.hoc.api.cus.http.auth import require_scope
from app.hoc.api.cus.http.dependencies import ReadSession, Registry
from app.hoc.api.cus.http.envelope import ErrorDetail
from app.hoc.api.cus.http.errors import ApiError, unwrap
from app.hoc.api.cus.incidents.incident_read_models import (
    ActiveQuery,
    FilteredListEnvelope,
    HistoricalQuery,
    PageQuery,
    ResolvedQuery,
    wrap_page,
)
from app.hoc.api.cus.incidents.lifecycle_models import IncidentOut
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext

router = APIRouter(prefix="/cus/incidents", tags=["incidents"])

Reader = Annotated[Principal, Depends(require_scope("incidents:read"))]
_TOPICS: dict[str, type[ActiveQuery] | type[ResolvedQuery] | type[HistoricalQuery]] = {
    "active": ActiveQuery,
    "resolved": ResolvedQuery,
    "historical": HistoricalQuery,
}
_FIXED = frozenset({"sort_by", "sort_order"})
_RANGES = (("created_after", "created_before"), ("resolved_after", "resolved_before"))
# The query is parsed by hand, so the API document is told what the models say.
_PARAMETERS = [
    {"name": "topic", "in": "query", "required": True, "schema": {"enum": list(_TOPICS), "type": "string"}},
    *(
        {"name": name, "in": "query", "required": False, "schema": schema}
        for name, schema in {
            name: schema
            for model in _TOPICS.values()
            for name, schema in model.model_json_schema()["properties"].items()
            if name not in _FIXED
        }.items()
    ),
]


def strict_query(request: Request) -> PageQuery:
    """Parse the query string into the query of its topic.

    Raises:
        ApiError: 400 ``INVALID_QUERY`` with every problem, by parameter.
    """
    items = request.query_params.multi_items()
    names = [name for name, _ in items]
    problems = {name: "is given more than once" for name in names if names.count(name) > 1}
    given = dict(items)
    topic = given.pop("topic", None)
    model = _TOPICS.get(topic or "")
    if topic is None or model is None:
        known = ", ".join(_TOPICS)
        problems["topic"] = (
            f"is missing; it is one of {known}" if topic is None else f"must be one of {known}"
        )
        raise _refusal(problems)
    allowed = set(model.model_fields) - _FIXED
    problems |= {name: f"is no parameter of the topic {topic}" for name in given if name not in allowed}
    query = None
    try:
        query = model.model_validate({name: value for name, value in given.items() if name in allowed})
    except ValidationError as error:
        problems |= {".".join(map(str, problem["loc"])): problem["msg"] for problem in error.errors()}
    for low, high in _RANGES:
        first, last = getattr(query, low, None), getattr(query, high, None)
        if first is not None and last is not None and first > last:
            problems[low] = f"must not lie after {high}"
    if problems or query is None:
        raise _refusal(problems)
    return query


@router.get("/list", openapi_extra={"parameters": _PARAMETERS})
async def public_incidents(
    principal: Reader,
    query: Annotated[PageQuery, Depends(strict_query)],
    registry: Registry,
    session: ReadSession,
) -> FilteredListEnvelope[IncidentOut]:
    """Active incidents, newest first; resolved or historical ones, the latest resolved first."""
    as_of = query.moment()
    if isinstance(query, HistoricalQuery):
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
                    "page": query.page("resolved_at", "desc"),
                },
            ),
        )
    elif isinstance(query, ResolvedQuery):
        result = await registry.execute(
            "incidents.query",
            OperationContext.for_principal(
                principal,
                session,
                {
                    "method": "list_resolved_incidents",
                    "as_of": as_of,
                    "filters": query.filters(),
                    "page": query.page("resolved_at", "desc"),
                },
            ),
        )
    else:
        result = await registry.execute(
            "incidents.query",
            OperationContext.for_principal(
                principal,
                session,
                {
                    "method": "list_active_incidents",
                    "as_of": as_of,
                    "filters": query.filters(),
                    "page": query.page("created_at", "desc"),
                },
            ),
        )
    return wrap_page(unwrap(result), query, as_of)


def _refusal(problems: dict[str, str]) -> ApiError:
    details = [ErrorDetail(field=name, message=message) for name, message in sorted(problems.items())]
    return ApiError(400, "INVALID_QUERY", "The query is malformed; see details.", details=details)
