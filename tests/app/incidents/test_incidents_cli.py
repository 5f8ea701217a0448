"""What a scheduler runs on incidents, as a command on a real database."""

import asyncio
from datetime import datetime

import pytest
from click.testing import CliRunner
from incident_desk import LONG_AGO

from app.cli import hoc
from app.db import dispose_engine, get_async_session
from app.hoc.cus.hoc_spine.auth.key_service import create_tenant
from app.hoc.cus.hoc_spine.orchestrator.coordinators.incident_work import in_transaction
from app.hoc.cus.incidents.L5_engines.incident_aggregator import Trigger
from app.hoc.cus.incidents.L5_schemas.incident_row import Actor
from app.infra.time import utc_now


def invoke(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(hoc, ["incidents", *arguments])
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


async def trigger(tenant: str, kind: str, at: datetime) -> str:
    await create_tenant(tenant)
    async with get_async_session() as session:
        opened = await in_transaction(
            session,
            lambda work: work.aggregator.get_or_create_incident(
                Trigger(tenant, kind, "3 of 4"), actor=Actor("guard", "sdk"), now=at
            ),
        )
    return opened.incident.id


@pytest.fixture
def silent(database_env: str) -> str:
    """The id of an incident of a trigger that is silent for long, beside one that is not, and one of somebody else."""

    async def fill() -> str:
        incident = await trigger("acme", "failure_spike", LONG_AGO)
        await trigger("acme", "freeze", utc_now())
        await trigger("other", "failure_spike", LONG_AGO)
        await dispose_engine()
        return incident

    return asyncio.run(fill())


def test_silent_incidents_of_one_tenant_are_resolved_once(silent: str) -> None:
    first, *rest = invoke("resolve-stale", "--tenant", "acme").splitlines()
    assert first == "1 incidents resolved"
    assert [line.split()[0] for line in rest] == [silent]
    assert invoke("resolve-stale", "--tenant", "acme") == "0 incidents resolved\n"
    assert invoke("resolve-stale", "--tenant", "other").startswith("1 incidents resolved")


def test_a_limit_out_of_bounds_is_refused() -> None:
    assert "not in the range 1<=x<=1000" in invoke(
        "resolve-stale", "--tenant", "acme", "--limit", "0", code=2
    )
