"""Control flow against two references: an exact collecting interpreter, and CPython itself."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_programs import Collector, Program, condition_text, conditions, observe, programs
from snippets import analyse

from archwright.contracts.language import Selector, SymbolPattern
from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.project.calls.selected import matching
from archwright.project.flow.flow import Demand, Event, Flow

_IMPORTS = "from contextlib import suppress\nfrom lib import check, event, lock, other, pick, sink\n"
_COMPLETED = frozenset({1})
_TABLES = {
    "completed": frozenset({1, 3}),
    "guarded": frozenset({0, 1}),
    "either": frozenset({0, 1, 3}),
    "both": frozenset({1}),
}
"""Truth tables over (event completed, condition): bit 0 and bit 1."""

_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
random_program = settings(max_examples=120, deadline=None, suppress_health_check=_SLOW)


@random_program
@given(programs(depth=2))
def test_the_reference_knows_every_state_that_cpython_reaches(program: Program) -> None:
    expected = Collector(program).run()
    for number, seen in observe(program, choices=6).items():
        assert seen <= expected[number], program.source()


@random_program
@given(
    programs(depth=1, calls=False).filter(lambda p: "for " not in p.source() and "while" not in p.source())
)
def test_cpython_reaches_every_state_the_reference_knows(program: Program) -> None:
    expected = Collector(program).run()
    seen = observe(program, choices=14)
    assert {n: states & expected[n] for n, states in seen.items()} == expected, program.source()


@random_program
@given(programs(calls=False), conditions(calls=False), st.sampled_from(sorted(_TABLES)))
def test_flow_agrees_with_the_reference_in_both_directions(
    program: Program, condition: Any, table: str
) -> None:
    expected = _expected(Collector(program, exact=False), condition, table)
    assert _verdicts(program, condition, table) == expected, (
        f"{condition_text(condition)}\n{program.source()}"
    )


@random_program
@given(programs(calls=False, reraise=True), conditions(calls=False), st.sampled_from(sorted(_TABLES)))
def test_flow_passes_nothing_that_an_exception_of_a_known_class_reaches(
    program: Program, condition: Any, table: str
) -> None:
    expected = _expected(Collector(program, exact=True), condition, table)
    verdicts = _verdicts(program, condition, table)
    assert not {n for n, met in verdicts.items() if met and not expected[n]}, program.source()


@random_program
@given(programs(calls=True), conditions(calls=False), st.sampled_from(sorted(_TABLES)))
def test_a_call_in_a_condition_may_answer_differently_each_time(
    program: Program, condition: Any, table: str
) -> None:
    expected = _expected(Collector(program, exact=False), condition, table)
    assert _verdicts(program, condition, table) == expected, (
        f"{condition_text(condition)}\n{program.source()}"
    )


def test_an_impure_condition_is_asked_anew() -> None:
    source = """
    def work():
        if check():
            event()
        if check():
            sink(0)
    """
    assert _met(_flow(source), Demand((), _COMPLETED)) == {0: False}


def test_a_condition_may_name_a_thing_twice() -> None:
    flow = _flow("def work(a, b, c):\n    sink(0)\n")
    condition = flow.engine.inference.project.expression("(a and b) or (a and c)")
    assert _met(flow, Demand((condition,), _TABLES["guarded"])) == {0: False}


def test_exit_may_raise_on_return() -> None:
    source = """
    def work(a):
        a = False
        try:
            with lock():
                a = True
                return
        except ValueError:
            sink(0)
    """
    flow = _flow(source)
    condition = flow.engine.inference.project.expression("a")
    assert _met(flow, Demand((condition,), _TABLES["guarded"])) == {0: False}


@pytest.mark.parametrize(
    ("raised", "caught", "met"),
    [
        ("ValueError", "KeyError", True),
        ("ValueError", "ValueError", False),
        ("KeyError", "LookupError", False),
        ("LookupError", "KeyError", True),
        ("OSError", "IOError", False),
        ("OSError", "FileNotFoundError", True),
        ("Own", "ValueError", False),
        ("Own", "KeyError", True),
        ("Own", "(KeyError, Own)", False),
        ("Foreign", "ValueError", False),
        ("KeyboardInterrupt", "Exception", True),
        ("KeyboardInterrupt", "BaseException", False),
    ],
)
def test_exceptions_go_to_the_handlers_of_their_class(raised: str, caught: str, met: bool) -> None:
    source = f"""
    from elsewhere import Foreign
    class Own(ValueError): ...
    def work():
        try:
            raise {raised}("x")
        except {caught}:
            sink(0)
    """
    assert _met(_flow(source), Demand((), _COMPLETED)) == {0: met}


def _expected(collector: Collector, condition: Any, table: str) -> dict[int, bool]:
    return {
        number: all(
            done + 2 * collector.holds(condition, values) in _TABLES[table] for done, values in states
        )
        for number, states in collector.run().items()
    }


def _verdicts(program: Program, condition: Any, table: str) -> dict[int, bool]:
    flow = _flow(program.source())
    expression = flow.engine.inference.project.expression(condition_text(condition))
    return _met(flow, Demand((expression,), _TABLES[table]))


def _flow(source: str) -> Flow:
    analysis = analyse(_IMPORTS + dedent(source))
    selector = Selector(call=(SymbolPattern("lib.event"),))
    event = Event(lambda values: matching(values, selector), frozenset({"event"}))
    return analysis.flows.flow(analysis.inference.index("m").scopes["work"], (event,))


def _met(flow: Flow, demand: Demand) -> dict[int, bool]:
    """Number of a sink -> whether the demand is met there on every path."""
    found: dict[int, bool] = {}
    for node in walk(flow.scope.node):
        if (
            isinstance(node, ir.Call)
            and node.func == ir.Name("sink")
            and isinstance(node.args[0].value, ir.Num)
        ):
            nodes = flow.calls(node)
            found[int(node.args[0].value.text)] = all(flow.unmet(n, demand) is None for n in nodes)
    return found
