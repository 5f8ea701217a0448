"""A call without a step in the graph would be judged as never made; so every call has one, or a reason."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from snippets import analyse
from stdlib_sample import stdlib_files

from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.project.code import Scope, calls_in
from archwright.project.control_flow.builder import GraphBuilder

_EVERYWHERE = """
@decorator()
class Made(base(), metaclass=meta()):
    field: annotation() = value()

def outer(seq, x):
    def inner(a=default(), *, b=keyword()): ...
    class Local(local_base()): ...
    [1 for a in first() for b in second(a) if test(b)]
    {k(): v() for a in dict_iter()}
    f"{hole():{spec()}}"
    raised[slice_from():slice_to()] = subscripted()[index()]
    attribute().name += augmented()
    del deleted()[0]
    for target().item in iterated(): pass
    with manager() as held().it: pass
    assert asserted(), message()
    if (walrus := walrus_value()) and compared() < chained() < last(): pass
    x = body() if condition() else orelse()
    print(*star(), **stars())
    lst = [*spread()]
    match subject():
        case 1 if guard(): pass
    try:
        raise exception() from cause()
    except handler_type(): pass
    finally: final()
    while looped(): pass
    return returned()
"""


def _builder(scope: Scope) -> GraphBuilder:
    return GraphBuilder(
        scope.body, lambda types, raised: "maybe", lambda item: "no", lambda expr: "", lambda expr: False
    )


def _later(scope: Scope) -> Iterator[int]:
    """Calls in lambdas and generator expressions: they run when somebody asks."""
    for node in walk(scope.node) if scope.node is not None else (n for s in scope.body for n in walk(s)):
        if isinstance(node, ir.Lambda):
            yield from (id(inner) for inner in walk(node.body))
        elif isinstance(node, ir.Comp) and node.kind == "generator":
            yield from (id(inner) for part in (node.elt, *node.clauses[1:]) for inner in walk(part))
            yield from (id(inner) for test in node.clauses[0].ifs for inner in walk(test))


def _missing(scope: Scope) -> list[ir.Call]:
    made = {id(node.expr) for node in _builder(scope).nodes if node.kind == "call"}
    later = set(_later(scope))
    return [call for call in calls_in(scope) if id(call) not in made and id(call) not in later]


def test_every_kind_of_place_has_a_step() -> None:
    index = analyse(_EVERYWHERE).inference.index("m")
    missing = {ir.dotted(call.func) for scope in index.executed() for call in _missing(scope)}
    # Type annotations of a class body are evaluated too, but only for their effect on ``__annotations__``.
    assert missing <= {"annotation"}


@pytest.mark.parametrize("part", range(4))
def test_every_call_of_the_standard_library_has_a_step(part: int) -> None:
    """But for code behind ``return``, ``raise`` or a constant condition, which is rare in code that people wrote."""
    files = stdlib_files(160)[part::4]
    calls = absent = 0
    for path in files:
        index = analyse({"m.py": path.read_text(encoding="utf-8", errors="replace")}).inference.index("m")
        for scope in index.executed():
            unreached = _missing(scope)
            calls += sum(1 for _ in calls_in(scope))
            absent += len(unreached)
            assert all(_behind_the_end(scope, call) for call in unreached), f"{path}: {unreached[:1]}"
    assert calls > 1_000
    assert absent < calls / 100


def _behind_the_end(scope: Scope, call: ir.Call) -> bool:
    """Whether dead code is in play: something in the body ends a path, or never can be true, above the call."""
    return any(
        isinstance(node, ir.Return | ir.Raise | ir.Jump | ir.If | ir.While) and node.at[0] <= call.at[0]
        for statement in scope.body
        for node in walk(statement)
    )
