"""What happens before a handler: enrichers and business invariants."""

import logging
from collections.abc import Mapping
from typing import Any

import pytest
from registry_doubles import Recorder, context, invariant, samples

from app.hoc.cus.hoc_spine.authority.business_invariants import (
    BusinessInvariant,
    InvariantCall,
    InvariantMode,
    InvariantSeverity,
    Violation,
)
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationRegistry,
)
from app.infra.metrics import ServiceMetrics


async def test_an_enricher_adds_parameters_before_invariants_and_handler() -> None:
    seen: list[Mapping[str, Any]] = []

    async def check(call: InvariantCall) -> Violation | None:
        seen.append(call.params)
        return None

    handler, registry = Recorder(), OperationRegistry()
    registry.register("op", handler)
    registry.register_context_enricher("op", lambda ctx: {"region": f"eu-{ctx.tenant_id}"})
    registry.register_invariant(
        BusinessInvariant("BI-1", InvariantSeverity.HIGH, "op", frozenset({"act"}), check)
    )
    registry.freeze()
    given = context(method="act")
    assert (await registry.execute("op", given)).data == {"method": "act", "region": "eu-acme"}
    assert seen == [{"method": "act", "region": "eu-acme"}]
    assert given.params == {"method": "act"}


@pytest.mark.parametrize(
    "enricher", [lambda ctx: {}["missing"], lambda ctx: {"method": "other"}, lambda ctx: None]
)
async def test_a_failing_enricher_fails_the_call(enricher: Any, caplog: pytest.LogCaptureFixture) -> None:
    handler, registry = Recorder(), OperationRegistry()
    registry.register("op", handler)
    registry.register_context_enricher("op", enricher)
    result = await registry.execute("op", context(method="act"))
    assert (result.success, result.error_code) == (False, "ENRICHER_EXCEPTION")
    assert handler.calls == []
    assert "ENRICHER_EXCEPTION in op" in caplog.text


def test_an_operation_has_one_enricher_and_it_has_to_exist() -> None:
    registry = OperationRegistry()
    registry.register_context_enricher("op", lambda ctx: {})
    with pytest.raises(RuntimeError, match="already has an enricher"):
        registry.register_context_enricher("op", lambda ctx: {})
    with pytest.raises(RuntimeError, match="nobody registered: op"):
        registry.freeze()


# --- invariants -------------------------------------------------------------------------------------------


async def test_a_violation_is_a_failed_result_and_the_handler_does_not_run() -> None:
    handler, registry = Recorder(), OperationRegistry()
    registry.register("op", handler)
    registry.register_invariant(invariant())
    registry.freeze()
    result = await registry.execute("op", context(method="act"))
    assert (result.success, result.error_code, result.error) == (False, "CONFLICT", "Not now.")
    assert handler.calls == []
    # Other methods, and calls without one, are not concerned.
    assert (await registry.execute("op", context(method="look"))).success
    assert (await registry.execute("op", context(method=["act"]))).success


@pytest.mark.parametrize("mode", list(InvariantMode))
@pytest.mark.parametrize("severity", list(InvariantSeverity))
@pytest.mark.parametrize("shadow", [True, False])
async def test_modes_decide_what_is_enforced_and_shadow_counts_the_rest(
    mode: InvariantMode, severity: InvariantSeverity, shadow: bool, caplog: pytest.LogCaptureFixture
) -> None:
    handler, metrics = Recorder(), ServiceMetrics()
    registry = OperationRegistry(metrics=metrics)
    registry.register("op", handler)
    registry.register_invariant(invariant(severity=severity))
    registry.set_invariant_mode(mode)
    registry.set_shadow_compare_enabled(shadow)
    enforced = mode is InvariantMode.STRICT or (
        mode is InvariantMode.ENFORCE and severity is InvariantSeverity.CRITICAL
    )
    with caplog.at_level(logging.WARNING):
        result = await registry.execute("op", context(method="act"))
    assert result.success == (not enforced)
    assert len(handler.calls) == (not enforced)
    assert f"invariant=BI-1 severity={severity.value} operation=op enforced={enforced}" in caplog.text
    counted = samples(metrics, "hoc_invariant_divergences_total")
    assert counted == ({("BI-1", "op"): 1} if shadow and not enforced else {})


async def test_an_invariant_that_raises_fails_the_call_without_its_text() -> None:
    async def check(call: InvariantCall) -> Violation | None:
        raise LookupError("internal detail")

    handler, registry = Recorder(), OperationRegistry()
    registry.register("op", handler)
    registry.register_invariant(
        BusinessInvariant("BI-1", InvariantSeverity.HIGH, "op", frozenset({"act"}), check)
    )
    result = await registry.execute("op", context(method="act"))
    assert (result.success, result.error_code) == (False, "INVARIANT_EXCEPTION")
    assert "internal detail" not in repr(result)
    assert handler.calls == []


def test_an_invariant_is_bound_to_an_operation_that_exists_and_has_its_own_id() -> None:
    registry = OperationRegistry()
    registry.register_invariant(invariant())
    with pytest.raises(RuntimeError, match="BI-1 is already registered"):
        registry.register_invariant(invariant())
    with pytest.raises(RuntimeError, match="nobody registered: op"):
        registry.freeze()
    assert not registry.is_frozen
    registry.register("op", Recorder())
    registry.freeze()
    assert registry.invariants == ["BI-1"]
