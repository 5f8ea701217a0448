# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: The published coefficients of cost model V2, as immutable tables.
# Callers: L5 cost_model_engine
# Allowed Imports: stdlib
# Forbidden Imports: L2, L4, L6, L7, sqlalchemy
"""Coefficients of the ten skills, in two sets with different units that must never be mixed.

* *Relative cost units* (``base``, ``variance``): the published comparison of skills with one another; a
  JSON transform costs a tenth of an HTTP call, an LLM call a hundred. http_call, llm_invoke and
  json_transform are the published figures; the other seven are placed between them in the order of the
  pricing layer's cost and latency.
* *Pricing layer* (cents, milliseconds, confidence, risk): what estimates are computed from.

Taking the relative 100.0 of an LLM call as cents would make every comparison with V1 (5 cents) a mismatch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

LLM_CENTS_PER_1K_INPUT_CHARS = 0.8
LLM_CENTS_PER_1K_OUTPUT_CHARS = 1.2
LLM_MS_PER_1K_CHARS = 200.0
HTTP_VARIANCE_MS = 150.0


@dataclass(frozen=True)
class SkillCoefficients:
    """One skill: relative units, then cents and ms for one run, confidence 0..1 and its risk with
    probability.
    """

    base: float
    variance: float
    cost_cents: float
    latency_ms: float
    confidence: float
    risk_name: str
    risk_probability: float


SKILL_COST_COEFFICIENTS: Mapping[str, SkillCoefficients] = MappingProxyType(
    {
        "http_call": SkillCoefficients(1.0, 0.2, 0.0, 350.0, 0.85, "timeout", 0.08),
        "llm_invoke": SkillCoefficients(100.0, 0.3, 3.5, 1800.0, 0.92, "rate_limit", 0.03),
        "json_transform": SkillCoefficients(0.1, 0.05, 0.0, 5.0, 0.98, "transform_error", 0.005),
        "fs_read": SkillCoefficients(0.2, 0.05, 0.0, 30.0, 0.95, "read", 0.03),
        "fs_write": SkillCoefficients(0.3, 0.05, 0.0, 50.0, 0.94, "write", 0.02),
        "shell_lite": SkillCoefficients(0.5, 0.2, 0.0, 150.0, 0.88, "timeout", 0.07),
        "kv_get": SkillCoefficients(0.1, 0.05, 0.0, 3.0, 0.97, "get", 0.01),
        "kv_set": SkillCoefficients(0.1, 0.05, 0.0, 5.0, 0.97, "set", 0.01),
        "webhook_send": SkillCoefficients(0.7, 0.2, 0.0, 200.0, 0.90, "timeout", 0.08),
        "email_send": SkillCoefficients(20.0, 0.1, 0.8, 350.0, 0.93, "delivery", 0.03),
    }
)

# A skill the model does not know is priced high and trusted little: it shows up as drift rather than as free.
UNKNOWN_SKILL = SkillCoefficients(10.0, 0.5, 5.0, 500.0, 0.60, "unknown", 0.15)
