# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: Turns the plan a client sends into checked, immutable steps.
# Callers: L5 cost_model_engine, v1_simulator, v2_adapter
# Allowed Imports: stdlib
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""Plans: a list of ``{"skill": str, "params": {...}, "iterations": int}`` and how they are read.

Both simulators read a plan through :func:`parse_plan`, so a plan that one of them accepts the other accepts
too, and a bad plan is answered with every problem it has, not the first.
"""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

DEFAULT_HTTP_TIMEOUT_SECONDS = 30.0


class InvalidPlanError(ValueError):
    """A plan cannot be simulated; ``problems`` names every reason."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))


class InvalidStepParamsError(ValueError):
    """A parameter of one step has the wrong type or is out of range."""


@dataclass(frozen=True)
class PlanStep:
    """One step of a plan: ``skill`` run ``iterations`` times with ``params``."""

    skill: str
    params: Mapping[str, Any] = field(default_factory=dict)
    iterations: int = 1


def parse_plan(plan: Sequence[Mapping[str, Any]]) -> tuple[PlanStep, ...]:
    """Read a plan into steps; an empty plan gives no steps.

    Raises ``InvalidPlanError`` with one entry per problem, each naming its step.
    """
    if isinstance(plan, str | bytes) or not isinstance(plan, Sequence):
        raise InvalidPlanError([f"plan must be a list of steps, not {type(plan).__name__}"])
    steps: list[PlanStep] = []
    problems: list[str] = []
    for index, raw in enumerate(plan):
        found = _step_problems(raw)
        problems.extend(f"step {index}: {problem}" for problem in found)
        if not found:
            steps.append(PlanStep(raw["skill"], raw.get("params") or {}, raw.get("iterations", 1)))
    if problems:
        raise InvalidPlanError(problems)
    return tuple(steps)


def prompt_length(params: Mapping[str, Any]) -> int:
    """Characters of the ``prompt`` parameter taken as text; 0 when absent."""
    prompt = params.get("prompt")
    return 0 if prompt is None else len(str(prompt))


def command_length(params: Mapping[str, Any]) -> int:
    """Characters of the ``command`` parameter taken as text; 0 when absent."""
    command = params.get("command")
    return 0 if command is None else len(str(command))


def http_timeout_seconds(params: Mapping[str, Any]) -> float:
    """The ``timeout`` parameter in seconds (default 30); raises ``InvalidStepParamsError`` unless finite
    and >= 0.
    """
    timeout = params.get("timeout", DEFAULT_HTTP_TIMEOUT_SECONDS)
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        raise InvalidStepParamsError(f"timeout must be a number of seconds, not {type(timeout).__name__}")
    if not math.isfinite(timeout) or timeout < 0:
        raise InvalidStepParamsError(f"timeout must be a finite number of seconds >= 0, not {timeout!r}")
    return float(timeout)


def is_loopback_url(params: Mapping[str, Any]) -> bool:
    """Whether the ``url`` parameter addresses this host; a missing URL does not.

    Decided on the parsed host, so ``http://localhost.example.com`` is remote and ``https://localhost`` is
    local.
    Raises ``InvalidStepParamsError`` when ``url`` is no text or no URL.
    """
    url = params.get("url")
    if url is None:
        return False
    if not isinstance(url, str):
        raise InvalidStepParamsError(f"url must be text, not {type(url).__name__}")
    try:
        host = urlsplit(url).hostname
    except ValueError as error:
        raise InvalidStepParamsError(f"url cannot be parsed: {error}") from None
    host = (host or "").removesuffix(".")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _step_problems(raw: object) -> list[str]:
    if not isinstance(raw, Mapping):
        return [f"must be an object with a skill, not {type(raw).__name__}"]
    problems = []
    skill, params, iterations = raw.get("skill"), raw.get("params"), raw.get("iterations", 1)
    if not isinstance(skill, str) or not skill:
        problems.append("skill must be a non-empty text")
    if isinstance(iterations, bool) or not isinstance(iterations, int) or iterations < 1:
        problems.append(f"iterations must be an integer >= 1, not {iterations!r}")
    if params is not None and not isinstance(params, Mapping):
        problems.append(f"params must be an object, not {type(params).__name__}")
    elif skill == "http_call":
        for check in (http_timeout_seconds, is_loopback_url):
            try:
                check(params or {})
            except InvalidStepParamsError as error:
                problems.append(str(error))
    return problems
