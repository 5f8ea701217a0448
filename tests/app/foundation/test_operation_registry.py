import asyncio
import dataclasses
import logging
from datetime import UTC, datetime

import pytest

from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationHandler,
    OperationRegistry,
    OperationResult,
)


class Echo:
    """Returns the context it was given."""

    async def execute(self, ctx: OperationContext) -> OperationResult:
        return OperationResult(success=True, data=ctx)


class Raising:
    def __init__(self, error: BaseException) -> None:
        self._error = error

    async def execute(self, ctx: OperationContext) -> OperationResult:
        raise self._error


class Returning:
    def __init__(self, result: object) -> None:
        self._result = result

    async def execute(self, ctx: OperationContext) -> OperationResult:
        return self._result


def registry_of(**handlers: OperationHandler) -> OperationRegistry:
    registry = OperationRegistry()
    for name, handler in handlers.items():
        registry.register(name, handler)
    registry.freeze()
    return registry


def context(**params: object) -> OperationContext:
    return OperationContext(session=None, tenant_id="tenant-a", params=params)


async def test_the_handler_gets_operation_timestamp_and_identity() -> None:
    principal = Principal("tenant-a", "alice", frozenset({"costsim:read"}))
    given = OperationContext.for_principal(principal, None, {"limit": 3})
    before = datetime.now(UTC)
    result = await registry_of(echo=Echo()).execute("echo", given)
    seen = result.data
    assert (seen.tenant_id, seen.actor_id, seen.scopes) == ("tenant-a", "alice", frozenset({"costsim:read"}))
    assert seen.params == {"limit": 3}
    assert seen.operation == "echo"
    assert before <= datetime.fromisoformat(seen.timestamp) <= datetime.now(UTC)
    assert (given.operation, given.timestamp) == ("", "")


async def test_the_result_carries_operation_and_duration() -> None:
    result = await registry_of(echo=Echo()).execute("echo", context())
    assert result.success
    assert result.operation == "echo"
    assert result.duration_ms > 0


async def test_internal_keys_never_reach_a_handler_and_the_callers_dict_is_left_alone() -> None:
    params = {"_invariant_mode": "STRICT", "_x": 1, "run_id": "r"}
    result = await registry_of(echo=Echo()).execute("echo", OperationContext(None, "t", params))
    assert result.data.params == {"run_id": "r"}
    result.data.params["added"] = 1
    assert params == {"_invariant_mode": "STRICT", "_x": 1, "run_id": "r"}


async def test_an_unknown_operation_is_a_failed_result() -> None:
    result = await registry_of().execute("nowhere", context())
    assert (result.success, result.error_code, result.operation) == (False, "UNKNOWN_OPERATION", "nowhere")


async def test_what_a_handler_raises_is_logged_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    secret = "INSERT INTO accounts VALUES ('hunter2')"
    with caplog.at_level(logging.INFO):
        result = await registry_of(bad=Raising(ValueError(secret))).execute("bad", context())
    assert (result.success, result.error_code) == (False, "HANDLER_EXCEPTION")
    assert secret not in repr(result)
    assert "ValueError" not in repr(result)
    assert secret in caplog.text


async def test_cancellation_is_not_swallowed() -> None:
    with pytest.raises(asyncio.CancelledError):
        await registry_of(bad=Raising(asyncio.CancelledError())).execute("bad", context())


@pytest.mark.parametrize("wrong", [None, {"success": True}, True])
async def test_a_handler_that_returns_something_else_fails(wrong: object) -> None:
    result = await registry_of(bad=Returning(wrong)).execute("bad", context())
    assert (result.success, result.error_code) == (False, "HANDLER_EXCEPTION")


async def test_a_failure_without_code_gets_the_default_one() -> None:
    failed = OperationResult(success=False, error="Unknown method")
    result = await registry_of(f=Returning(failed)).execute("f", context())
    assert (result.error, result.error_code) == ("Unknown method", "OPERATION_FAILED")
    assert failed.error_code is None


def test_registration_rules() -> None:
    registry = OperationRegistry()
    registry.register("b", Echo())
    registry.register("a", Echo())
    with pytest.raises(RuntimeError, match="already registered"):
        registry.register("a", Echo())
    for wrong in (object(), Echo, None):
        with pytest.raises(TypeError, match="execute"):
            registry.register("c", wrong)
    assert not registry.is_frozen
    registry.freeze()
    assert registry.is_frozen
    with pytest.raises(RuntimeError, match="frozen"):
        registry.register("d", Echo())
    assert registry.operations == ["a", "b"]
    assert registry.operation_count == 2
    assert registry.has_operation("a")
    assert not registry.has_operation("d")
    assert isinstance(registry.get_handler("a"), OperationHandler)
    assert registry.get_handler("d") is None


def test_registries_are_independent() -> None:
    assert registry_of(a=Echo()).operations == ["a"]
    assert OperationRegistry().operations == []


def test_result_helpers_and_direct_construction_agree() -> None:
    assert OperationResult.ok({"n": 1}) == OperationResult(success=True, data={"n": 1})
    failed = OperationResult.fail("No.", "NOT_FOUND")
    assert failed == OperationResult(success=False, error="No.", error_code="NOT_FOUND")
    assert OperationResult.fail("No.").error_code == "OPERATION_FAILED"


def test_the_context_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        context().tenant_id = "tenant-b"
