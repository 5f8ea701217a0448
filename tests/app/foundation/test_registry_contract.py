"""The registry's published rules REG-001 to REG-008, and the record of each dispatch."""

from datetime import UTC, datetime
from typing import Any

import pytest
from registry_doubles import KeptAudit, Raising, Recorder, context, invariant, samples

from app.hoc.cus.hoc_spine.authority.business_invariants import (
    InvariantMode,
)
from app.hoc.cus.hoc_spine.orchestrator.dispatch_record import DispatchRecord
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationRegistry,
    OperationResult,
)
from app.infra.metrics import ServiceMetrics


async def test_reg_001_a_registered_operation_executes_and_says_what_and_how_long() -> None:
    registry = OperationRegistry()
    registry.register("op", Recorder())
    result = await registry.execute("op", context(n=1))
    assert (result.success, result.data, result.operation) == (True, {"n": 1}, "op")
    assert result.duration_ms > 0


async def test_reg_002_an_unknown_operation_is_a_failed_result() -> None:
    result = await OperationRegistry().execute("nowhere", context())
    assert (result.success, result.error_code, result.operation) == (False, "UNKNOWN_OPERATION", "nowhere")


def test_reg_003_an_operation_is_registered_once() -> None:
    registry = OperationRegistry()
    registry.register("op", Recorder())
    with pytest.raises(RuntimeError, match="already registered"):
        registry.register("op", Recorder())


def test_reg_004_a_frozen_registry_refuses_every_change() -> None:
    registry = OperationRegistry()
    registry.register("op", Recorder())
    registry.freeze()
    registry.freeze()
    for change in (
        lambda: registry.register("other", Recorder()),
        lambda: registry.register_context_enricher("op", lambda ctx: {}),
        lambda: registry.register_invariant(invariant()),
        lambda: registry.set_invariant_mode(InvariantMode.MONITOR),
        lambda: registry.set_shadow_compare_enabled(True),
    ):
        with pytest.raises(RuntimeError, match="frozen"):
            change()
    assert registry.operations == ["op"]
    assert registry.invariants == []


async def test_reg_005_what_a_handler_raises_is_a_result_without_its_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    audit = KeptAudit()
    registry = OperationRegistry(audit=audit)
    registry.register("op", Raising())
    result = await registry.execute("op", context())
    assert (result.success, result.error_code) == (False, "HANDLER_EXCEPTION")
    assert "vault" not in repr(result)
    assert "ValueError" not in repr(result)
    assert "vault" in caplog.text
    # The audit, which no client reads, says what it was.
    assert [record.error_code for record in audit.records] == ["HANDLER_EXCEPTION:ValueError"]


def test_reg_006_introspection_is_sorted_and_the_status_says_it_all() -> None:
    registry = OperationRegistry()
    for name in ("b", "a"):
        registry.register(name, Recorder())
    assert registry.operations == ["a", "b"]
    assert (registry.operation_count, registry.has_operation("a"), registry.has_operation("c")) == (
        2,
        True,
        False,
    )
    assert registry.get_handler("c") is None
    assert registry.status() == {
        "version": "1.0.0",
        "operation_count": 2,
        "frozen": False,
        "operations": ["a", "b"],
    }


def test_reg_007_results_are_made_by_ok_and_fail() -> None:
    assert OperationResult.ok(1) == OperationResult(success=True, data=1)
    assert OperationResult.fail("No.") == OperationResult(
        success=False, error="No.", error_code="OPERATION_FAILED"
    )
    assert OperationResult.fail("No.", "CONFLICT").error_code == "CONFLICT"


@pytest.mark.parametrize("wrong", [object(), Recorder, None, {"execute": 1}])
def test_reg_008_a_handler_has_execute(wrong: Any) -> None:
    with pytest.raises(TypeError, match="execute"):
        OperationRegistry().register("op", wrong)


# --- exactly one record per dispatch ----------------------------------------------------------------------


async def test_every_dispatch_leaves_exactly_one_record_however_it_ends() -> None:
    audit, metrics = KeptAudit(), ServiceMetrics()
    registry = OperationRegistry(audit=audit, metrics=metrics)
    registry.register("op", Recorder())
    registry.register("raising", Raising())
    registry.register("enriched", Recorder())
    registry.register_context_enricher("enriched", lambda ctx: {}["missing"])
    registry.register_invariant(invariant())
    codes: list[str | None] = []
    for operation, ctx in (
        ("op", context()),
        ("op", context(method="act")),
        ("raising", context()),
        ("enriched", context()),
        ("nowhere", context()),
        ("op", OperationContext(None, "")),
    ):
        codes.append((await registry.execute(operation, ctx)).error_code)
        assert len(audit.records) == audit.flushes == len(codes)
    assert codes == [
        None,
        "CONFLICT",
        "HANDLER_EXCEPTION",
        "ENRICHER_EXCEPTION",
        "UNKNOWN_OPERATION",
        "FORBIDDEN",
    ]
    assert [record.operation for record in audit.records] == [
        "op",
        "op",
        "raising",
        "enriched",
        "nowhere",
        "op",
    ]
    first = audit.records[0]
    assert (first.tenant_id, first.actor_id, first.actor_type, first.success) == (
        "acme",
        "alice",
        "user",
        True,
    )
    assert audit.records[1].method == "act"
    # A name somebody made up is no label.
    assert samples(metrics, "hoc_operations_total") == {
        ("op", "success"): 1,
        ("op", "failure"): 2,
        ("raising", "failure"): 1,
        ("enriched", "failure"): 1,
        ("unknown", "failure"): 1,
    }
    assert sum(samples(metrics, "hoc_operation_duration_seconds_count").values()) == 6
    assert samples(metrics, "hoc_operation_failures_total")["CONFLICT", "op"] == 1


def test_a_record_fits_its_columns_whatever_was_asked_for() -> None:
    record = DispatchRecord(
        dispatched_at=datetime.now(UTC),
        operation="o\x00" * 200,
        method="m\ud800",
        tenant_id=None,
        actor_type="user",
        actor_id="a" * 200,
        request_id=None,
        success=True,
        error_code=None,
        duration_ms=0.0,
        governance_active=True,
        authority_allowed=True,
        authority_degraded=False,
        authority_code="ALLOWED",
        authority_reason="r" * 300,
    )
    assert (len(record.operation), len(record.actor_id or ""), len(record.authority_reason)) == (
        100,
        100,
        200,
    )
    assert "\x00" not in record.operation
    (record.method or "").encode()
