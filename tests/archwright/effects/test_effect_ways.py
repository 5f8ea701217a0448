"""Shortest ways found for everything below a function at once are those found for each function alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import partial
from random import Random
from types import FrameType

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.archwright.project.snippets import analyse

from archwright.project.effects.effects import EffectGraph, Key, Label, Witness
from archwright.project.effects.facts import CallEdge, EffectSite
from archwright.project.effects.ways import EffectWays

_LINES = ("time.time()", "random.random()", "os.getenv('HOME')")
_Calls = list[tuple[list[tuple[int, bool]], list[int]]]


def _labels(site: EffectSite) -> Iterable[Label]:
    return (Label(effect.name, site.certain) for effect in site.effects)


def _enters(edge: CallEdge) -> bool:
    return edge.target[1] != "f3"


def _enters_all(edge: CallEdge) -> bool:
    return True


def _from_anybody(enters: Callable[[CallEdge], bool], caller: Key, edge: CallEdge) -> bool:
    return enters(edge)


def _code(functions: _Calls) -> str:
    """Functions that call each other, surely or on something unknown, and ask things of their own."""
    text = "import os\nimport random\nimport time\n"
    for number, (calls, asked) in enumerate(functions):
        body = [
            f"c{called % len(functions)}.f{called % len(functions)}()"
            if surely
            else f"x.f{called % len(functions)}()"
            for called, surely in calls
        ]
        body += [_LINES[one] for one in asked]
        lines = "".join(f"        {line}\n" for line in body) or "        pass\n"
        text += f"class C{number}:\n    def f{number}(self, x=None):\n{lines}\n"
    return text + "".join(f"c{number} = C{number}()\n" for number in range(len(functions)))


def _graph(code: str) -> tuple[EffectGraph, list[Key]]:
    analysis = analyse(code)
    keys = [("m", scope.qualname) for scope in analysis.inference.index("m").executed() if scope.qualname]
    return analysis.effects, keys


def _told(found: Iterable[Witness]) -> list[tuple[Label, int, Key, EffectSite]]:
    return sorted(((w.label, len(w.edges), w.holder, w.site) for w in found), key=repr)


_function = st.tuples(
    st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=3),
    st.lists(st.integers(0, 2), max_size=1),
)


@settings(max_examples=60, deadline=None)
@given(functions=st.lists(_function, min_size=1, max_size=7), order=st.randoms(use_true_random=False))
def test_ways_are_those_of_each_function_alone(functions: _Calls, order: Random) -> None:
    graph, keys = _graph(_code(functions))
    for enters in (_enters_all, _enters):
        asked = list(keys)
        order.shuffle(asked)
        ways = EffectWays(graph, analyse("").project.reads, enters, _labels)
        found = {key: list(ways.of(key)) for key in asked}
        alone = EffectWays(graph, analyse("").project.reads, enters, _labels)
        for key in keys:
            expected = graph.witnesses([key], partial(_from_anybody, enters), _labels)[key]
            assert _told(found[key]) == _told(expected)
            assert found[key] == list(alone.of(key)), "it depends on who is asked first"


def test_work_grows_with_the_code() -> None:
    def calls(size: int) -> int:
        text = "import time\ndef f0():\n    time.time()\n" + "".join(
            f"def f{one}():\n    f{min(one + 1, size - 1)}()\n    f{one // 2}()\n" for one in range(1, size)
        )
        graph, keys = _graph(text)
        for key in keys:
            graph.of(key)
        made = 0

        def count(frame: FrameType, event: str, argument: object) -> None:
            nonlocal made
            made += event == "call"

        ways = EffectWays(graph, analyse("").project.reads, _enters_all, _labels)
        before = sys.getprofile()
        sys.setprofile(count)
        try:
            for key in keys:
                assert list(ways.of(key))
        finally:
            sys.setprofile(before)
        return made

    assert calls(160) < 6 * calls(40)
