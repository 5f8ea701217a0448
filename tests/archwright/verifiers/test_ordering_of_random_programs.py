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
from archwright.verifiers.ordering import OrderingContract, check_ordering

sys.path.append(str(Path(__file__).parent.parent / "project"))

from random_programs import ARGUMENTS, Collector, Program, condition_text, conditions, programs
from snippets import analyse

_IMPORTS = "from contextlib import suppress\nfrom lib import check, event, lock, other, pick, sink\n"
_EVENT = Completed(call=Selector(call=(SymbolPattern("lib.event"),)))
_random = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


@st.composite
def modules(draw: st.DrawFn) -> list[Program]:
    """A helper, a function with sinks that may call it, and a function that may call both."""
    return [
        draw(programs(depth=1, name="helper", sinks=False)),
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


def _check(functions: list[Program], requirement: Requirement) -> CheckResult:
    contract = OrderingContract(
        id="order",
        kind="ordering",
        why="w",
        fix="f",
        sink=Selector(call=(SymbolPattern("lib.sink"),)),
        dominated_by=requirement,
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
