# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: The samples a canary runs on when nobody gives it any: recorded simulations, or a fixed set.
# Callers: L5 canary_engine, spine canary_coordinator
# Allowed Imports: stdlib, L5_engines, L5_schemas
# Forbidden Imports: L2, L4, L6, L7, sqlalchemy
"""Canary samples from provenance, and synthetic ones where there is none.

The synthetic set is four small plans whose V1 and V2 costs are known (0/0, 5/4, 5/4, 10/25 cents). The last one drifts by
design, so a synthetic run shows that the canary can fail; its report carries source ``synthetic`` and says
nothing about traffic.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from app.hoc.cus.analytics.L5_engines.provenance import ProvenanceLog
from app.hoc.cus.analytics.L5_schemas.canary_run import CanarySample
from app.hoc.cus.analytics.L5_schemas.provenance_record import ProvenanceRecord

logger = logging.getLogger(__name__)

_LONG_PROMPT = "x" * 5000


def samples_from_provenance(records: Sequence[ProvenanceRecord]) -> tuple[CanarySample, ...]:
    """Recorded inputs as samples, in the order of ``records``; a record that cannot be replayed (no plan, or
    not as the logger writes it) is left out and logged.
    """
    samples = []
    for record in records:
        try:
            recorded = ProvenanceLog.from_record(record).get_decompressed_input()
            if recorded["plan"]:
                samples.append(
                    CanarySample(f"provenance-{record.id}", recorded["plan"], recorded["budget_cents"])
                )
        except (KeyError, TypeError, ValueError, OSError) as error:
            logger.warning("Provenance %d of %s cannot be replayed: %r", record.id, record.tenant_id, error)
    return tuple(samples)


def synthetic_samples() -> tuple[CanarySample, ...]:
    """The four synthetic samples, always the same."""
    http = {"skill": "http_call", "params": {"url": "https://api.example.com/data"}}
    transform = {"skill": "json_transform", "params": {}}
    ask = {"skill": "llm_invoke", "params": {"prompt": "Summarise the result."}}
    ask_long = {"skill": "llm_invoke", "params": {"prompt": _LONG_PROMPT}}
    return (
        CanarySample("synthetic-1", (http,), budget_cents=100),
        CanarySample("synthetic-2", (ask,), budget_cents=100),
        CanarySample("synthetic-3", (http, transform, ask), budget_cents=100),
        CanarySample("synthetic-4", (ask_long, ask_long), budget_cents=5),
    )
