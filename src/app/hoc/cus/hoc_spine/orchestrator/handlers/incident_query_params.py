# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: What the parameters of incidents.query mean: pages, filters, granularities.
# Callers: spine {incident_figures, incidents_query_handler}
# Allowed Imports: L4, L5_schemas
# Forbidden Imports: L2
# Emits: none
"""Pages, filters and granularities as calls name them, made into those of the incidents domain."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.hoc.cus.hoc_spine.orchestrator.handlers.method_dispatch import choice, optional_choice
from app.hoc.cus.incidents.L5_schemas.incident_read_query import (
    IncidentFilters,
    PageRequest,
    SortKey,
    SortOrder,
)
from app.hoc.cus.incidents.L5_schemas.incident_refused import IncidentRefusedError
from app.hoc.cus.incidents.L5_schemas.incident_statistics_results import Granularity
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import CauseType, IncidentSeverity, LifecycleState


def granularity_of(value: str) -> Granularity:
    """The granularity called *value*. Raises ``IncidentRefusedError`` INVALID_GRANULARITY."""
    try:
        return Granularity(value)
    except ValueError:
        known = ", ".join(member.value for member in Granularity)
        raise IncidentRefusedError("INVALID_GRANULARITY", f"granularity must be one of {known}.") from None


def page_of(values: Mapping[str, Any]) -> PageRequest:
    """Which page ``limit``, ``offset``, ``sort_by`` and ``sort_order`` mean; INVALID_PARAMS for what else is named."""
    known: dict[str, Any] = {"limit": 20, "offset": 0, "sort_by": "created_at", "sort_order": "desc"}
    known |= _known(values, tuple(known))
    return PageRequest(
        limit=known["limit"],
        offset=known["offset"],
        sort_by=choice(SortKey, known["sort_by"], "sort_by"),
        sort_order=choice(SortOrder, known["sort_order"], "sort_order"),
    )


def filters_of(values: Mapping[str, Any] | None) -> IncidentFilters:
    """What a list is filtered by. Moments need a time zone; INVALID_PARAMS for what is unknown or malformed."""
    moments = ("created_after", "created_before", "resolved_after", "resolved_before")
    words = ("severity", "category", "cause_type", "lifecycle_state", "is_synthetic")
    known = dict.fromkeys((*words, *moments)) | _known(values or {}, (*words, *moments))
    for name in moments:
        moment = known[name]
        if moment is not None and (not isinstance(moment, datetime) or moment.tzinfo is None):
            raise IncidentRefusedError("INVALID_PARAMS", f"{name} must be a moment with a time zone.")
    state = optional_choice(LifecycleState, known["lifecycle_state"], "lifecycle_state")
    return IncidentFilters(
        states=() if state is None else (state,),
        severity=optional_choice(IncidentSeverity, known["severity"], "severity"),
        category=known["category"],
        cause_type=optional_choice(CauseType, known["cause_type"], "cause_type"),
        is_synthetic=known["is_synthetic"],
        **{name: known[name] for name in moments},
    )


def _known(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    unknown = sorted(set(values) - set(names))
    if unknown:
        raise IncidentRefusedError(
            "INVALID_PARAMS", f"Unknown: {', '.join(unknown)}; known are {', '.join(names)}."
        )
    return dict(values)
