"""The operations themselves: seed shapes, codes, and who owns the transaction."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_engines.canary_engine import CanaryEngine
from app.hoc.cus.analytics.L5_engines.costsim_models import CanaryReport
from app.hoc.cus.analytics.L5_schemas.canary_report_row import CanaryReportRow
from app.hoc.cus.analytics.L6_drivers.canary_report_driver import write_canary_report
from app.hoc.cus.hoc_spine.auth.key_service import create_tenant
from app.hoc.cus.hoc_spine.orchestrator.handlers import analytics_handler
from app.hoc.cus.hoc_spine.orchestrator.handlers.analytics_handler import (
    CanaryReportHandler,
    CanaryRunHandler,
)
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationRegistry,
    OperationResult,
)
from app.infra.settings import SettingsError


@pytest.fixture
def registry(database_env: str) -> OperationRegistry:
    fresh = OperationRegistry()
    analytics_handler.register(fresh)
    return fresh


async def reports(session: AsyncSession | None, **params: Any) -> OperationResult:
    return await CanaryReportHandler().execute(OperationContext(session, "tenant-a", params))


async def test_seed_shapes(session: AsyncSession, make_report: Callable[..., CanaryReport]) -> None:
    await create_tenant("tenant-a")
    await write_canary_report(session, make_report())
    listed = await reports(session)
    assert listed.success
    assert isinstance(listed.data["reports"][0], CanaryReportRow)
    assert listed.data["total"] == 1
    got = await reports(session, method="get", run_id="run-1")
    assert got.success
    assert got.data == {"report": listed.data["reports"][0]}


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"method": "delete"}, "UNKNOWN_METHOD"),
        ({"method": "get"}, "MISSING_RUN_ID"),
        ({"method": "get", "run_id": ""}, "MISSING_RUN_ID"),
        ({"method": "get", "run_id": "nothing"}, "NOT_FOUND"),
        ({"method": "list", "filters": {"tenant_id": "tenant-b"}}, "INVALID_FILTERS"),
    ],
)
async def test_codes(session: AsyncSession, params: dict[str, Any], code: str) -> None:
    result = await reports(session, **params)
    assert (result.success, result.error_code) == (False, code)


async def test_without_a_session_nothing_is_tried() -> None:
    assert (await reports(None)).error_code == "MISSING_SESSION"


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"method": "walk"}, "UNKNOWN_METHOD"),
        ({"sample_count": 0, "drift_threshold": 3, "samples": [{"id": "a"}]}, "INVALID_PARAMS"),
        ({"sample_count": True}, "INVALID_PARAMS"),
        ({"samples": "kv_get"}, "INVALID_PARAMS"),
        ({"samples": []}, "INVALID_PARAMS"),
    ],
)
async def test_run_refuses_what_it_cannot_use(
    registry: OperationRegistry, session: AsyncSession, params: dict[str, Any], code: str
) -> None:
    result = await registry.execute("analytics.canary", OperationContext(session, "tenant-a", params))
    assert (result.success, result.error_code) == (False, code)
    if len(params) == 3:
        for name in ("sample_count", "drift_threshold", "sample 0"):
            assert name in (result.error or "")


async def test_a_run_is_committed_when_it_is_reported(
    registry: OperationRegistry, session: AsyncSession, session_factory: Callable[[], AsyncSession]
) -> None:
    await create_tenant("tenant-a")
    result = await registry.execute("analytics.canary", OperationContext(session, "tenant-a"))
    assert result.success
    assert not session.in_transaction()
    async with session_factory() as other:
        assert (await reports(other)).data["total"] == 1


async def test_a_run_that_fails_after_the_insert_leaves_no_row(
    registry: OperationRegistry, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    await create_tenant("tenant-a")
    persist = CanaryEngine._persist_report_to_db

    async def persist_then_fail(self: CanaryEngine, report: CanaryReport) -> None:
        await persist(self, report)
        raise ConnectionError("lost")

    monkeypatch.setattr(CanaryEngine, "_persist_report_to_db", persist_then_fail)
    result = await registry.execute("analytics.canary", OperationContext(session, "tenant-a"))
    assert result.error_code == "HANDLER_EXCEPTION"
    assert (await reports(session)).data["total"] == 0


async def test_switched_off_the_canary_is_recorded_as_skipped(
    database_env: str, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    await create_tenant("tenant-a")
    monkeypatch.setenv("COSTSIM_CANARY_ENABLED", "false")
    handler = CanaryRunHandler(analytics_handler.load_costsim_config())
    result = await handler.execute(OperationContext(session, "tenant-a"))
    assert (result.data["report"].status.value, result.data["report"].passed) == ("skipped", False)
    listed = await reports(session, filters={"status": "skipped", "passed": False})
    assert listed.data["total"] == 1


def test_malformed_settings_stop_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COSTSIM_CANARY_ENABLED", "perhaps")
    monkeypatch.setenv("COSTSIM_DRIFT_THRESHOLD", "2")
    with pytest.raises(SettingsError, match=r"CANARY_ENABLED.*DRIFT_THRESHOLD"):
        analytics_handler.register(OperationRegistry())
