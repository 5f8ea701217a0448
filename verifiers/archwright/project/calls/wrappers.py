"""What decorators of this code base put in place of a function: local functions that call it.

Whoever calls a decorated function runs the wrapper. What is done in it before the function is called has happened when the
function begins; where it may not call the function, or swallows what that raises, what the function does may not have happened.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archwright.facts import ir
from archwright.facts.walk import walk_own
from archwright.project.code import Scope
from archwright.project.types.inference import Inference
from archwright.project.types.values import FunctionValue, external_names

_MAX_HELPERS = 4
"""How many functions further a decorator is followed that returns what another one returns."""
_MAY_NOT_RUN = frozenset(
    {"functools.cache", "functools.lru_cache", "functools.cached_property", "contextlib.suppress"}
)
"""Decorators of other packages under which a call may return without running the function, or whatever it raises."""


@dataclass(frozen=True)
class Wrapper:
    """A function that runs in place of another one, and where it calls that."""

    scope: Scope
    calls: tuple[ir.Call, ...]


def wrappers_of(scope: Scope, inference: Inference) -> Iterator[Wrapper]:
    """The wrappers that decorators put around the function, the innermost first."""
    around = scope.parent
    for decorator in reversed(scope.node.decorators if scope.node is not None else ()):
        if around is None:
            return
        called = isinstance(decorator, ir.Call)
        expr = decorator.func if isinstance(decorator, ir.Call) else decorator
        for value in sorted(inference.evaluate(expr, around), key=repr):
            if isinstance(value, FunctionValue):
                yield from _inside(value, inference, factory=called)


def may_not_run(scope: Scope, inference: Inference) -> bool:
    """Whether a well-known decorator of another package may keep a call from running the function to its end."""
    for decorator in scope.node.decorators if scope.node is not None else ():
        expr = decorator.func if isinstance(decorator, ir.Call) else decorator
        if scope.parent is not None and external_names(inference.evaluate(expr, scope.parent)) & _MAY_NOT_RUN:
            return True
    return False


def _inside(
    value: FunctionValue, inference: Inference, *, factory: bool, depth: int = 0
) -> Iterator[Wrapper]:
    """The functions inside a decorator, or inside what a *factory* of decorators returns, that call what they are given."""
    decorator = inference.scope(value)
    if decorator is None or depth > _MAX_HELPERS:
        return
    index = inference.index(decorator.module)
    below = [s for s in index.functions() if _is_below(s, decorator)]
    for given in [s for s in below if s.parent is decorator] if factory else [decorator]:
        parameters = [p for p in given.params if p.kind in ("posonly", "arg")]
        name = (
            parameters[1 if given.owner is not None else 0].name
            if len(parameters) > (given.owner is not None)
            else ""
        )
        for inner in below:
            calls = tuple(_calls_of(name, inner)) if _is_below(inner, given) else ()
            if calls:
                yield Wrapper(inner, calls)
        for node in walk_own(given.body):
            if (
                isinstance(node, ir.Return)
                and isinstance(node.value, ir.Call)
                and _hands_on(node.value, name)
            ):
                for helper in sorted(inference.callees(node.value, given), key=repr):
                    if isinstance(helper, FunctionValue):
                        yield from _inside(helper, inference, factory=False, depth=depth + 1)


def _calls_of(name: str, scope: Scope) -> Iterator[ir.Call]:
    if name in scope.names.bound:
        return
    for node in walk_own(scope.body):
        if isinstance(node, ir.Call) and node.func == ir.Name(name):
            yield node


def _hands_on(call: ir.Call, name: str) -> bool:
    return bool(call.args) and call.args[0].value == ir.Name(name)


def _is_below(scope: Scope, outer: Scope) -> bool:
    around = scope.parent
    while around is not None:
        if around is outer:
            return True
        around = around.parent
    return False
