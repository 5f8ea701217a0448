"""The ordering verifier passes nothing that a path through three functions calling each other can break."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from archwright.contracts.conditions import Condition
from archwright.contracts.language import AnyOf, Completed, RaisesUnless, Requirement, Selector, SymbolPattern
from archwright.model import CheckResult
from archwright.verifiers.ordering.ordering import OrderingContract, check_ordering

sys.path.append(str(Path(__file__).parent.parent / "project"))

from random_programs import (
    ARGUMENTS,
    Collector,
    Outcomes,
    Program,
    State,
    condition_text,
    conditions,
    programs,
)
from snippets import analyse

_IMPORTS = "from contextlib import suppress\nfrom lib import check, event, lock, other, pick, sink\n"
_EVENT = Completed(call=Selector(call=(SymbolPattern("lib.event"),)))
_random = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


@st.composite
def modules(draw: st.DrawFn, *, helper_acts: bool = False) -> list[Program]:
    """A helper, a function with sinks that may call it, and a function that may call both; *helper_acts*: it has sinks, too."""
    return [
        draw(programs(depth=1, name="helper", sinks=helper_acts)),
        draw(programs(depth=2, name="work", callees=("helper",))),
        draw(programs(depth=1, name="entry", callees=("work", "helper"), sinks=draw(st.booleans()))),
    ]


@_random
@given(modules())
def test_completion(functions: list[Program]) -> None:
    result = _check(functions, _EVENT)
    broken = _broken(functions, lambda done, values: done)
    event(f"{'broken' if broken else 'kept'}, {'found' if result.findings else 'passed'}")
    assert result.findings or not broken, _text(functions)


@_random
@given(modules(), conditions(calls=False))
def test_completion_or_guard(functions: list[Program], condition: Any) -> None:
    guard = RaisesUnless(description="it holds", condition=Condition(condition_text(condition)))
    result = _check(functions, AnyOf(items=(guard, _EVENT)))
    collector = Collector(functions[0])
    broken = _broken(functions, lambda done, values: done or not collector.holds(condition, values))
    assert result.findings or not broken, f"{condition_text(condition)}\n{_text(functions)}"


@_random
@given(modules(helper_acts=True))
def test_completion_afterwards(functions: list[Program]) -> None:
    result = _check(functions, followed_by=_EVENT)
    broken = _left_owing(functions)
    event(f"{'broken' if broken else 'kept'}, {'found' if result.findings else 'passed'}")
    assert result.findings or not broken, _text(functions)


@_random
@given(programs(calls=False, depth=2, sinks=False))
def test_one_function_owes_exactly_what_it_leaves_owing(program: Program) -> None:
    """A sink before everything else: what follows it is what the function does on every way to a normal return."""
    program = Program((("sink",), *program.body))
    result = _check([program], followed_by=_EVENT)
    ends = _Owing(program, exact=False).call({(True, values) for values in ARGUMENTS})
    broken = any(not done for done, _ in ends.get("next", ()))
    assert bool(result.findings) == broken, program.source()


@_random
@given(programs(calls=False, depth=2))
def test_one_function_is_decided_exactly(program: Program) -> None:
    result = _check([program], _EVENT)
    broken = {
        number
        for number, states in Collector(program, exact=False).run().items()
        if not all(done for done, _ in states)
    }
    lines = [n for n, line in enumerate((_IMPORTS + program.source()).splitlines(), 1) if "sink(" in line]
    assert {f.location.line for f in result.findings} == {lines[n] for n in broken}, program.source()
    assert result.sites == program.sinks


class _Owing(Collector):
    """States say whether nothing is owed: a sink owes an event, from when it is called until the event has returned."""

    def _statement(self, s: Any, states: set[State], caught: str | None) -> Outcomes:
        out = super()._statement(s, states, caught)
        if s[0] != "sink":
            return out
        return {outcome: {(False, values) for _, values in some} for outcome, some in out.items()}


def _left_owing(functions: list[Program]) -> bool:
    """Whether some function that nothing calls can return with an event owed."""
    collectors: dict[str, Collector] = {}
    for program in functions:
        collectors[program.name] = _Owing(program, callees=dict(collectors))
    called = {name for program in functions for name in program.calls}
    ends = [
        collector.call({(True, values) for values in ARGUMENTS})
        for name, collector in collectors.items()
        if name not in called
    ]
    return any(not done for out in ends for done, _ in out.get("next", ()))


def _check(
    functions: list[Program], requirement: Requirement | None = None, followed_by: Requirement | None = None
) -> CheckResult:
    contract = OrderingContract(
        id="order",
        kind="ordering",
        why="w",
        fix="f",
        sink=Selector(call=(SymbolPattern("lib.sink"),)),
        dominated_by=requirement,
        followed_by=followed_by,
    )
    return check_ordering(contract, analyse(_IMPORTS + _text(functions)))


def _text(functions: list[Program]) -> str:
    return "\n\n".join(program.source() for program in functions)


def _broken(functions: list[Program], kept: Any) -> bool:
    """Whether some sink is reached in a bad state, starting from every function that nothing calls."""
    collectors: dict[str, Collector] = {}
    for program in functions:
        collectors[program.name] = Collector(program, callees=dict(collectors))
    called = {name for program in functions for name in program.calls}
    for name, collector in collectors.items():
        if name not in called:
            collector.call({(False, values) for values in ARGUMENTS})
    reached = [s for c in collectors.values() for states in c.at_sink.values() for s in states]
    return not all(kept(done, values) for done, values in reached)
