"""The simulation part of ``hoc demo``: recorded simulations, how the models diverge, artifacts of validations."""

import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from app.infra.time import utc_now

_QUESTION = "Summarise the complaints of the last week by product and propose one improvement for each. "

# Runs an operation of the demo tenant and returns its data.
Execute = Callable[[str, dict[str, Any]], Awaitable[Any]]


async def fill_costsim(execute: Execute, now: datetime) -> list[str]:
    """Simulate plans with both models, validate V2, record an artifact, and say what came out, line by line.

    A tenant that has recorded simulations is left as it is.
    """
    known = await execute("analytics.costsim.provenance", {"method": "list", "as_of": now, "limit": 1})
    if known["total"]:
        return [f"It already has {known['total']} recorded simulations; they are left as they are."]
    with _expected_drift():
        for number, (plan, budget) in enumerate(demo_plans()):
            params = {"plan": plan, "budget_cents": budget, "run_id": f"demo-{number}"}
            await execute("analytics.costsim.simulate", params)
    # The simulations are younger than ``now``, so the report is as of the moment it is asked for.
    moment = utc_now()
    found = await execute("analytics.costsim.divergence", {"as_of": moment})
    report = found["report"]
    validated = await execute("analytics.costsim.datasets", {"method": "validate_all"})
    saved = await execute(
        "analytics.artifacts",
        {
            "method": "save",
            "dataset_id": "costsim.divergence",
            "dataset_version": f"{moment:%Y-%m-%d}",
            "input_window": {"window_start": report.start_date, "window_end": report.end_date, "filters": {}},
            "as_of": moment,
            "compute_code_version": report.version,
        },
    )
    passed = sum(result.verdict == "acceptable" for result in validated["results"].values())
    return [
        f"  {report.sample_count} simulations recorded; V2 matches V1 in {report.matching_rate:.0%}, "
        f"90% are within {report.delta_p90:g} cents",
        f"  {passed} of {len(validated['results'])} reference datasets accept V2",
        f"  artifact {saved['artifact'].dataset_id} {saved['artifact'].dataset_version} {saved['outcome']}",
    ]


@contextmanager
def _expected_drift() -> Iterator[None]:
    """Keep quiet about drift that the plans are made to show, and that the summary tells of."""
    sandbox = logging.getLogger("app.hoc.cus.analytics.L5_engines.sandbox")
    sandbox.addFilter(_is_no_verdict)
    try:
        yield
    finally:
        sandbox.removeFilter(_is_no_verdict)


def _is_no_verdict(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith("sandbox verdict=")


def demo_plans() -> Iterator[tuple[list[dict[str, Any]], int]]:
    """Plans and their budgets in cents: cheap ones, prompts of rising length, retries, an unknown skill."""
    for number in range(12):
        yield [_step("kv_get", key=f"cart-{number}"), _step("json_transform")], 50
    for length in range(1, 9):
        prompt = _step("llm_invoke", prompt=_QUESTION * length * 6)
        yield [_step("http_call", url="https://crm.example.com/tickets"), prompt], 100
    for iterations in (2, 3, 5):
        yield [_step("llm_invoke", iterations, prompt=_QUESTION), _step("email_send")], 100
    yield [_step("pdf_render", template="invoice")], 20


def costsim_curl_lines(base_url: str, header: str) -> list[str]:
    """What to try."""
    costsim, artifacts = f"{base_url}/costsim", f"{base_url}/analytics/artifacts"
    return [
        f"  curl {header} '{costsim}/provenance?limit=3'",
        f"  curl {header} '{costsim}/provenance/stats'",
        f"  curl {header} '{costsim}/divergence?days=7'",
        f"  curl {header} '{costsim}/datasets'",
        f"  curl {header} '{artifacts}'",
        f"  curl {header} '{artifacts}/costsim.divergence'",
        f"  curl {header} '{costsim}/v2/status'",
        f"  curl {header} -X POST -H 'Content-Type: application/json' "
        f'-d \'{{"plan": [{{"skill": "llm_invoke", "params": {{"prompt": "Hello"}}}}]}}\' '
        f"{costsim}/v2/simulate",
        "  (start the service with COSTSIM_V2_SANDBOX=true to see V2's answer beside V1's)",
    ]


def _step(skill: str, iterations: int = 1, **params: object) -> dict[str, Any]:
    return {"skill": skill, "params": params, "iterations": iterations}
