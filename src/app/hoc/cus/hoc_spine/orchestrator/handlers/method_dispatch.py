# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Choose the method of an operation, bind its parameters and turn refusals into failed results.
# Callers: app.hoc.cus.hoc_spine.orchestrator.handlers.*
# Allowed Imports: L4, app.infra
# Forbidden Imports: L2
# Emits: none
"""What handlers with several methods share.

Codes: MISSING_SESSION, MISSING_METHOD, UNKNOWN_METHOD, INVALID_PARAMS (a parameter is missing, unknown or of
the wrong kind), and whatever code a refusal of the domain carries.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar

from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext, OperationResult
from app.infra.refusal import RefusedError

E = TypeVar("E", bound=Enum)
# Called with the context, its session, and the parameters by name.
Method = Callable[..., Awaitable[Any]]


async def dispatch(ctx: OperationContext, methods: Mapping[str, Method]) -> OperationResult:
    """Run the method that ``ctx.params["method"]`` names with the other parameters as keywords.

    A ``RefusedError`` becomes a failed result with its code; anything else is the registry's.
    """
    if ctx.session is None:
        return OperationResult.fail("This operation needs a session.", "MISSING_SESSION")
    known = ", ".join(sorted(methods))
    if "method" not in ctx.params:
        return OperationResult.fail(f"Name a method; known are {known}.", "MISSING_METHOD")
    method = methods.get(ctx.params["method"])
    if method is None:
        return OperationResult.fail(f"Unknown method; known are {known}.", "UNKNOWN_METHOD")
    arguments = {key: value for key, value in ctx.params.items() if key != "method"}
    try:
        inspect.signature(method).bind(ctx, ctx.session, **arguments)
    except TypeError as error:
        return OperationResult.fail(f"The parameters do not fit the method: {error}.", "INVALID_PARAMS")
    try:
        return OperationResult.ok(await method(ctx, ctx.session, **arguments))
    except RefusedError as error:
        return OperationResult.fail(error.message, error.code)


def choice(kind: type[E], value: Any, name: str) -> E:
    """Return the member of an enumeration. Raises ``RefusedError`` INVALID_PARAMS otherwise."""
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(str(member.value) for member in kind)
        raise RefusedError("INVALID_PARAMS", f"{name} must be one of {known}.") from None


def optional_choice(kind: type[E], value: Any, name: str) -> E | None:
    """As :func:`choice`; None stays None."""
    return None if value is None else choice(kind, value, name)


def operation_time(ctx: OperationContext) -> datetime:
    """The moment the registry stamped on the call: the one clock reading of an operation."""
    return datetime.fromisoformat(ctx.timestamp)
