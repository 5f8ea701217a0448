# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: The fixed samples a canary runs on when nobody gives it any.
# Callers: L5 canary_engine
# Allowed Imports: stdlib, L5_schemas
# Forbidden Imports: L2, L4, L6, L7, sqlalchemy
"""Synthetic canary samples.

Four small plans whose V1 and V2 costs are known (0/0, 5/4, 5/4, 10/25 cents). The last one drifts by
design, so a synthetic run shows that the canary can fail; its report carries source ``synthetic`` and says
nothing about traffic.
"""

from __future__ import annotations

from app.hoc.cus.analytics.L5_schemas.canary_run import CanarySample

_LONG_PROMPT = "x" * 5000


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
