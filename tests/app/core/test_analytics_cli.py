"""What a scheduler runs, as commands on a real database."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner

from app.cli import hoc
from app.db import dispose_engine, get_async_session
from app.hoc.cus.hoc_spine.auth.key_service import create_tenant
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.bootstrap import build_registry
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext
from app.infra.time import utc_now


def invoke(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(hoc, ["analytics", *arguments])
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


@pytest.fixture
def busy(database_env: str) -> None:
    """A tenant whose worker fails and gets dearer, and whose budget is used up."""
    now = utc_now()
    runs = [
        {"id": f"f{n}", "worker_id": "w", "task": "t", "status": "failed", "error": "E", "created_at": now}
        for n in range(3)
    ] + [
        {
            "id": f"c{n}",
            "worker_id": "w",
            "task": "t",
            "status": "completed",
            "cost_cents": Decimal(9 if n == 4 else 1),
            "created_at": now,
        }
        for n in range(5)
    ]

    async def fill() -> None:
        await create_tenant("acme")
        registry, principal = build_registry(), Principal("acme", "test", frozenset())
        calls: list[tuple[str, dict[str, Any]]] = [
            ("analytics.signals", {"method": "ingest", "worker_runs": runs}),
            ("analytics.cost_write", {"method": "record_cost", "model": "m", "cost_cents": Decimal(20)}),
            (
                "analytics.cost_write",
                {"method": "set_budget", "budget_type": "tenant", "daily_limit_cents": Decimal(10)},
            ),
        ]
        for operation, params in calls:
            async with get_async_session() as session:
                context = OperationContext.for_principal(principal, session, params)
                assert (await registry.execute(operation, context)).success
        await dispose_engine()

    asyncio.run(fill())


@pytest.mark.usefixtures("busy")
def test_detect_patterns_and_predict_record_once() -> None:
    assert "1 anomalies, 1 new, 1 incidents opened" in invoke("detect", "--tenant", "acme")
    assert "1 anomalies, 0 new, 0 incidents opened" in invoke("detect", "--tenant", "acme")
    assert "1 failure patterns" in invoke("patterns", "--tenant", "acme", "--dry-run")
    first = invoke("patterns", "--tenant", "acme")
    assert "1 failure patterns" in first
    assert "0 new feedback" not in first
    assert "0 new feedback" in invoke("patterns", "--tenant", "acme")
    assert "1 likely failures" in invoke("predict", "--tenant", "acme", "--dry-run")
    assert "failure_likelihood  w" in invoke("predict", "--tenant", "acme", "--worker", "w")
    assert "0 new predictions" in invoke("predict", "--tenant", "acme")


@pytest.mark.usefixtures("database_env")
@pytest.mark.parametrize(
    ("moment", "message"),
    [
        ("yesterday", "no ISO 8601 moment"),
        ("2026-03-01T00:00:00", "not in UTC"),
        ("2026-03-01T00:00:00+01:00", "not in UTC"),
        ("2999-01-01T00:00:00Z", "in the future"),
    ],
)
def test_a_moment_that_makes_no_sense_is_refused(moment: str, message: str) -> None:
    assert message in invoke("detect", "--tenant", "acme", "--as-of", moment, code=2)
