"""Who may run an operation: governance, tenants, and what the record says of it."""

import pytest
from registry_doubles import KeptAudit, Recorder, context

from app.hoc.cus.hoc_spine.authority.authority_decision import AuthorityDecision
from app.hoc.cus.hoc_spine.authority.governance import Governance, GovernanceMode
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationRegistry,
)
from app.infra.settings import SettingsError


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
