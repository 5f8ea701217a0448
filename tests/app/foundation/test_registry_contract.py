"""The registry's published rules REG-001 to REG-008, and what happens around a handler: authority, enrichers,
invariants, freezing.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.hoc.cus.hoc_spine.authority.authority_decision import AuthorityDecision
from app.hoc.cus.hoc_spine.authority.business_invariants import (
    BusinessInvariant,
    InvariantCall,
    InvariantMode,
    InvariantSeverity,
    Violation,
)
from app.hoc.cus.hoc_spine.authority.governance import Governance, GovernanceMode
from app.hoc.cus.hoc_spine.orchestrator.dispatch_record import DispatchRecord
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationRegistry,
    OperationResult,
)
from app.infra.metrics import ServiceMetrics
from app.infra.settings import SettingsError

REFUSED = Violation("CONFLICT", "Not now.")


class Recorder:
    """A handler that remembers its calls."""

    def __init__(self) -> None:
        self.calls: list[OperationContext] = []

    async def execute(self, ctx: OperationContext) -> OperationResult:
        self.calls.append(ctx)
        return OperationResult.ok(dict(ctx.params))


class Raising:
    async def execute(self, ctx: OperationContext) -> OperationResult:
        raise ValueError("SELECT secret FROM vault")


class KeptAudit:
    """An audit in memory."""

    def __init__(self) -> None:
        self.records: list[DispatchRecord] = []
        self.flushes = 0

    def enqueue(self, record: DispatchRecord) -> None:
        self.records.append(record)

    async def flush(self) -> None:
        self.flushes += 1

    def flush_soon(self) -> None:
        self.flushes += 1

    async def close(self) -> None:
        await self.flush()


def context(**params: Any) -> OperationContext:
    return OperationContext(None, "acme", params, actor_id="alice", actor_type="user")


def invariant(
    *,
    id: str = "BI-1",
    severity: InvariantSeverity = InvariantSeverity.MEDIUM,
    violation: Violation | None = REFUSED,
    methods: frozenset[str] = frozenset({"act"}),
) -> BusinessInvariant:
    async def check(call: InvariantCall) -> Violation | None:
        return violation

    return BusinessInvariant(id, severity, "op", methods, check)


def samples(metrics: ServiceMetrics, name: str) -> dict[tuple[str, ...], float]:
    """Values by the values of the labels, in the order of the labels' names."""
    return {
        tuple(sample.labels[label] for label in sorted(sample.labels)): sample.value
        for family in text_string_to_metric_families(metrics.render())
        for sample in family.samples
        if sample.name == name
    }


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


# --- authority --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "active", "degraded", "code", "reason"),
    [
        (GovernanceMode.ACTIVE, True, False, "ALLOWED", "the caller's tenant is known"),
        (GovernanceMode.DEGRADED, True, True, "ALLOWED_DEGRADED", "governance is degraded"),
        (GovernanceMode.DISABLED, False, True, "ALLOWED_DEGRADED", "governance is disabled"),
    ],
)
async def test_the_record_says_under_which_governance_a_call_was_allowed(
    mode: GovernanceMode, active: bool, degraded: bool, code: str, reason: str
) -> None:
    audit = KeptAudit()
    registry = OperationRegistry(governance=Governance(mode), audit=audit)
    registry.register("op", Recorder())
    assert (await registry.execute("op", context())).success
    [record] = audit.records
    assert (record.governance_active, record.authority_allowed) == (active, True)
    assert (record.authority_degraded, record.authority_code) == (degraded, code)
    assert record.authority_reason == reason


@pytest.mark.parametrize("mode", list(GovernanceMode))
async def test_an_operation_of_tenants_needs_one_in_every_mode(mode: GovernanceMode) -> None:
    audit, handler, system = KeptAudit(), Recorder(), Recorder()
    registry = OperationRegistry(governance=Governance(mode), audit=audit)
    registry.register("op", handler)
    registry.register("system.health", system)
    result = await registry.execute("op", OperationContext(None, ""))
    assert (result.success, result.error_code) == (False, "FORBIDDEN")
    assert handler.calls == []
    [record] = audit.records
    assert (record.authority_allowed, record.authority_code) == (False, "NO_TENANT")
    assert (await registry.execute("system.health", OperationContext.for_nobody(None))).success
    assert len(system.calls) == 1


async def test_authority_that_fails_denies(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Governance):
        def decide(self, operation: str, tenant_id: str) -> AuthorityDecision:
            raise LookupError("internal detail")

    audit, handler = KeptAudit(), Recorder()
    registry = OperationRegistry(governance=Broken(), audit=audit)
    registry.register("op", handler)
    result = await registry.execute("op", context())
    assert (result.success, result.error_code) == (False, "UNAVAILABLE")
    assert handler.calls == []
    assert not audit.records[0].authority_allowed
    assert "internal detail" not in repr(result)
    assert "internal detail" in caplog.text


def test_decisions_combine_to_the_first_denial_or_to_degraded() -> None:
    allow, degraded = AuthorityDecision.allow("fine"), AuthorityDecision.allow_degraded("slow", "slow_mode")
    deny = AuthorityDecision.deny("no", "CLOSED")
    assert AuthorityDecision.combine([allow, degraded, deny]) == deny
    both = AuthorityDecision.combine([degraded, allow, degraded.with_condition("late")])
    assert both.to_dict() == {
        "allowed": True,
        "reason": "slow; slow",
        "degraded": True,
        "code": "ALLOWED_DEGRADED",
        "conditions": ["slow_mode", "slow_mode", "late"],
    }
    assert AuthorityDecision.combine([allow]) == allow
    assert AuthorityDecision.combine([]).allowed


def test_the_governance_mode_comes_from_the_environment() -> None:
    assert GovernanceMode.from_env({}) is GovernanceMode.ACTIVE
    assert GovernanceMode.from_env({"HOC_GOVERNANCE": "disabled"}) is GovernanceMode.DISABLED
    with pytest.raises(
        SettingsError, match=r"HOC_GOVERNANCE is 'off'; give one of active, degraded, disabled"
    ):
        GovernanceMode.from_env({"HOC_GOVERNANCE": "off"})


# --- enrichers --------------------------------------------------------------------------------------------


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
