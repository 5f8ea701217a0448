"""Sets of states as numbers do what they do to each state, one by one; functions with many tests cost in proportion to them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from snippets import analyse

from archwright.contracts.language import Selector, SymbolPattern
from archwright.project.calls.selected import matching
from archwright.project.flow.demands import Demand, Event
from archwright.project.flow.operations import Drop, Either, Free, InTurn, Keep, Operation, Put, Through
from archwright.project.flow.state_sets import Space

_BITS = 5
_SPACE = Space(_BITS)
_EVERY = range(1 << _BITS)

Step = tuple[Operation, Callable[[int], set[int]]]
"""An operation on sets, and what it is to do to one state."""


def _members(states: int) -> set[int]:
    return {state for state in _EVERY if states >> state & 1}


def _number(states: set[int]) -> int:
    return sum(1 << state for state in states)


sets = st.sets(st.sampled_from(_EVERY)).map(_number)
bits = st.integers(0, _BITS - 1)


def _put(bit: int) -> Step:
    return Put(_SPACE, bit), lambda state: {state | 1 << bit}


def _drop(bit: int) -> Step:
    return Drop(_SPACE, bit), lambda state: {state & ~(1 << bit)}


def _free(bit: int) -> Step:
    return Free(_SPACE, bit), lambda state: {state | 1 << bit, state & ~(1 << bit)}


def _keep(states: int) -> Step:
    return Keep(states), lambda state: {state} & _members(states)


def _through(table: dict[int, frozenset[int]]) -> Step:
    """A helper that sees bits 3 and 2, in this order, and may complete event 0."""

    def one(state: int) -> set[int]:
        begin = (state >> 3 & 1) | (state >> 2 & 1) << 1
        ends = table.get(begin, frozenset())
        return {(state & 0b10011) | (end & 1) | (end >> 1 & 1) << 3 | (end >> 2 & 1) << 2 for end in ends}

    return Through(_SPACE, (3, 2), 1, table), one


tables = st.dictionaries(st.integers(0, 3), st.frozensets(st.integers(0, 7)))
steps: st.SearchStrategy[Step] = st.one_of(
    bits.map(_put), bits.map(_drop), bits.map(_free), sets.map(_keep), tables.map(_through)
)


@given(steps, sets)
def test_an_operation_does_to_a_set_what_it_does_to_each_state(step: Step, states: int) -> None:
    operation, one = step
    assert _members(operation.after(states)) == {after for state in _members(states) for after in one(state)}
    assert _members(operation.before(states)) == {s for s in _EVERY if one(s) & _members(states)}


@given(steps, steps, sets)
def test_operations_one_after_the_other_and_side_by_side(first: Step, second: Step, states: int) -> None:
    after = second[0].after(first[0].after(states))
    assert InTurn((first[0], second[0])).after(states) == after
    assert InTurn((first[0], second[0])).before(states) == first[0].before(second[0].before(states))
    assert Either((first[0], second[0])).after(states) == first[0].after(states) | second[0].after(states)


@given(sets, st.frozensets(st.integers(0, 3)))
def test_states_described_by_a_table(states: int, table: frozenset[int]) -> None:
    choices = [_SPACE.choice(4), _SPACE.choice(1)]

    def pattern(state: int) -> int:
        return (state >> 4 & 1) | (state >> 1 & 1) << 1

    assert _members(_SPACE.selected(choices, table)) == {s for s in _EVERY if pattern(s) in table}
    found = list(_SPACE.patterns(states, choices))
    assert len(found) == len(set(found))
    assert set(found) == {pattern(s) for s in _members(states)}


def _cost(tests: int, keyword: str) -> int:
    branches = "".join(
        f"    {'if' if n == 0 else keyword} a{n} == b:\n        other({n})\n" for n in range(tests)
    )
    analysis = analyse(
        f"from lib import event, other, sink\ndef work(b):\n{branches}    event()\n    sink()\n"
    )
    selector = Selector(call=(SymbolPattern("lib.event"),))
    done = Event(lambda values: matching(values, selector), frozenset({"event"}))

    def search() -> bool:
        flow = analysis.flows.flow(analysis.inference.index("m").scopes["work"], (done,))
        sinks = [n for n in flow.graph.nodes if n.kind == "call" and "sink" in str(n.expr)]
        return bool(sinks) and all(flow.unmet(n, Demand((), frozenset({1}))) is None for n in sinks)

    met, used = analysis.flows.bounded(1_000_000, search)
    assert met
    return used


@pytest.mark.parametrize("keyword", ["if", "elif"])
def test_many_tests_cost_in_proportion(keyword: str) -> None:
    few, many = _cost(100, keyword), _cost(400, keyword)
    assert many < 5 * few
