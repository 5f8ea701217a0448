# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: The public usage endpoint: a strict contract that names every problem of a query at once.
# Callers: facades.cus.analytics
# Allowed Imports: L2, L4
# Forbidden Imports: L5, L6, L7
"""Public usage statistics. Unlike the console's endpoint it answers every malformed query with 400
``INVALID_QUERY`` and all its problems, also repeated parameters.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import ValidationError

from app.hoc.api.cus.analytics.statistics_models import StatisticsQuery, UsageStatisticsOut
from app.hoc.api.cus.http.auth import require_scope
from app.hoc.api.cus.http.dependencies import ReadSession, Registry
from app.hoc.api.cus.http.envelope import AsOfEnvelope, ErrorDetail, wrap_dict_as_of
from app.hoc.api.cus.http.errors import ApiError, unwrap
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext

router = APIRouter(prefix="/cus/analytics", tags=["analytics"])

Reader = Annotated[Principal, Depends(require_scope("analytics:read"))]


_SCHEMA = StatisticsQuery.model_json_schema(by_alias=True)
_KNOWN = frozenset(_SCHEMA["properties"])
# The query is parsed by hand, so the API document is told what the model says.
_PARAMETERS = [
    {"name": name, "in": "query", "required": name in _SCHEMA["required"], "schema": schema}
    for name, schema in _SCHEMA["properties"].items()
]


def strict_query(request: Request) -> StatisticsQuery:
    """Parse the query string.

    Raises:
        ApiError: 400 ``INVALID_QUERY`` with every problem, unknown parameters first and sorted.
    """
    items = request.query_params.multi_items()
    names = [name for name, _ in items]
    repeated = sorted({name for name in names if names.count(name) > 1})
    problems = [ErrorDetail(field=name, message="is given more than once") for name in repeated]
    try:
        query = StatisticsQuery.model_validate(dict(items), by_name=False)
    except ValidationError as error:
        found = [
            ErrorDetail(field=".".join(str(part) for part in problem["loc"]), message=problem["msg"])
            for problem in error.errors()
        ]
        unknown = sorted((p for p in found if p.field not in _KNOWN), key=lambda p: p.field)
        problems = unknown + problems + [p for p in found if p.field in _KNOWN]
    else:
        if query.from_ts >= query.to_ts:
            problems.append(ErrorDetail(field="from", message="must lie before to"))
        if not problems:
            return query
    raise ApiError(400, "INVALID_QUERY", "The query is malformed; see details.", details=problems)


@router.get("/statistics/usage", openapi_extra={"parameters": _PARAMETERS})
async def public_usage_statistics(
    principal: Reader,
    query: Annotated[StatisticsQuery, Depends(strict_query)],
    registry: Registry,
    session: ReadSession,
) -> AsOfEnvelope[UsageStatisticsOut]:
    """Requests, compute units and tokens over time."""
    as_of = query.moment()
    result = await registry.execute(
        "analytics.query",
        OperationContext.for_principal(principal, session, query.to_params("get_usage_statistics", as_of)),
    )
    return wrap_dict_as_of(UsageStatisticsOut.model_validate(unwrap(result)), as_of)
