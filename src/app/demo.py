"""``hoc demo``: a tenant with a key, canary runs of every outcome, simulations, a month of costs, an incident's
life, and what to open.
"""

from functools import partial
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationRegistry

TENANT = "demo"
KEY_NAME = "demo"
SCOPES = ("analytics:admin", "costsim:admin", "incidents:admin")
_TICKET = "Classify this support ticket by product, urgency and mood, and draft a first answer. " * 5


@click.command()
@click.option(
    "--url", default="http://127.0.0.1:8000", show_default=True, help="Where 'hoc serve' will listen."
)
def demo(url: str) -> None:
    """Fill the database with a realistic example and print what to open.

    Running it again leaves the data as it is and replaces the key.
    """
    from app.demo_analytics import curl_lines
    from app.demo_costsim import costsim_curl_lines
    from app.infra.time import utc_now
    from app.lifecycle import run

    key, lines, incidents = run(partial(_prepare, f"{url.rstrip('/')}/api/v1"))
    reports = f"{url.rstrip('/')}/api/v1/costsim/canary/reports"
    header = f"-H 'Authorization: Bearer {key}'"
    click.echo("\n".join(lines))
    click.echo(
        f"\nStart the service with 'hoc serve', then open {url.rstrip('/')}/docs or try:\n\n"
        f"  curl {header} '{reports}'\n"
        f"  curl {header} '{reports}?passed=false&limit=2'\n"
        f"  curl {header} -X POST -H 'Content-Type: application/json' -d '{{}}' "
        f"{url.rstrip('/')}/api/v1/costsim/canary/run\n"
    )
    click.echo("\n".join(costsim_curl_lines(f"{url.rstrip('/')}/api/v1", header)) + "\n")
    click.echo("\n".join(curl_lines(f"{url.rstrip('/')}/api/v1", header, utc_now())) + "\n")
    click.echo("\n".join(incidents) + "\n")


def demo_runs() -> list[tuple[str, list[dict[str, Any]] | None]]:
    """The runs of the demo: what each shows, and its samples (None: the synthetic set)."""
    return [
        ("a healthy day: both models agree", [_healthy(number) for number in range(40)]),
        ("a new skill and long prompts: V2 drifts", [_drifting(number) for number in range(30)]),
        ("a client that sends timeouts as text: nothing to judge", [_broken(number) for number in range(12)]),
        ("the synthetic set, which drifts by design", None),
    ]


def _healthy(number: int) -> dict[str, Any]:
    plans = [
        [_step("http_call", url="https://crm.example.com/tickets"), _step("llm_invoke", prompt=_TICKET)],
        [_step("kv_get", key="cart"), _step("json_transform"), _step("kv_set", key="cart")],
        [_step("llm_invoke", prompt=_TICKET), _step("email_send", to="customer@example.com")],
        [_step("llm_invoke", 1 + number % 5, prompt=_TICKET), _step("json_transform")],
    ]
    return {
        "id": f"healthy-{number}",
        "plan": plans[number % 4],
        "budget_cents": 100,
        "expected_feasible": True,
    }


def _drifting(number: int) -> dict[str, Any]:
    plans = [
        [_step("pdf_render", 2, template="invoice")],
        [_step("llm_invoke", prompt=_TICKET * 12)],
        [_step("kv_get", key="cart"), _step("json_transform")],
    ]
    return {"id": f"drifting-{number}", "plan": plans[number % 3], "budget_cents": 100}


def _broken(number: int) -> dict[str, Any]:
    timeout: object = "30s" if number % 3 == 0 else 30
    plan = [_step("http_call", url="https://api.example.com", timeout=timeout)]
    return {"id": f"broken-{number}", "plan": plan, "budget_cents": 100}


def _step(skill: str, iterations: int = 1, **params: object) -> dict[str, Any]:
    return {"skill": skill, "params": params, "iterations": iterations}


async def _prepare(base_url: str) -> tuple[str, list[str], list[str]]:
    """Fill the database; returns the key, what was done, and what to try about incidents, whose ids are known
    only now.
    """
    from app.hoc.cus.hoc_spine.auth.key_service import create_api_key, list_api_keys, revoke_api_key
    from app.hoc.cus.hoc_spine.orchestrator.bootstrap import build_registry

    for record in await list_api_keys(TENANT):
        if record.name == KEY_NAME and record.revoked_at is None:
            await revoke_api_key(record.prefix)
    issued = await create_api_key(tenant_id=TENANT, name=KEY_NAME, scopes=SCOPES)
    registry = build_registry(v2_sandbox=True)
    lines = [*await _run_canaries(registry), *await _simulate(registry), *await _spend(registry)]
    header = f"-H 'Authorization: Bearer {issued.key}'"
    return issued.key, lines, await _incident_lines(registry, base_url, header)


async def _simulate(registry: "OperationRegistry") -> list[str]:
    from app.demo_costsim import fill_costsim
    from app.infra.time import utc_now

    return await fill_costsim(partial(_execute, registry), utc_now())


async def _spend(registry: "OperationRegistry") -> list[str]:
    from app.demo_analytics import fill_analytics
    from app.infra.time import utc_now

    return await fill_analytics(partial(_execute, registry), utc_now())


async def _incident_lines(registry: "OperationRegistry", base_url: str, header: str) -> list[str]:
    from app.demo_incidents import incident_curl_lines

    return await incident_curl_lines(partial(_execute, registry), base_url, header)


async def _run_canaries(registry: "OperationRegistry") -> list[str]:
    existing = (await _execute(registry, "analytics.canary_reports", {"filters": {"limit": 1}}))["total"]
    if existing:
        return [f"Tenant {TENANT} already has {existing} canary reports; they are left as they are."]
    lines = [f"Tenant {TENANT} with a new key and these canary runs:"]
    for title, samples in demo_runs():
        params = {} if samples is None else {"samples": samples}
        report = (await _execute(registry, "analytics.canary", params))["report"]
        lines.append(f"  {report.status.value:5} {report.run_id}  {title}")
    return lines


async def _execute(registry: "OperationRegistry", operation: str, params: dict[str, Any]) -> Any:
    from app.db import get_async_session
    from app.hoc.cus.hoc_spine.auth.principal import Principal
    from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext

    principal = Principal(TENANT, "demo", frozenset(SCOPES))
    async with get_async_session() as session:
        result = await registry.execute(operation, OperationContext.for_principal(principal, session, params))
    if not result.success:
        raise click.ClickException(f"{operation}: {result.error} [{result.error_code}]")
    return result.data
