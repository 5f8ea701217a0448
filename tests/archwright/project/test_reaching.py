"""The ways to a call, against the arguments it really gets when the same code runs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from snippets import analyse

from archwright.contracts.language import Selector, SymbolPattern
from archwright.project.execution.policy import Hit
from archwright.project.execution.values import Value, parameters_of, texts
from archwright.project.operations.reaching import Reach, Reacher

FUNCTIONS = 4
PRELUDE = "GIVEN = []\n\n\ndef sink(value):\n    GIVEN.append(value)\n\n\n"


@st.composite
def programs(draw: st.DrawFn) -> str:
    """Functions that hand what they are given, or something of their own, to later functions and to the sink."""
    parts = [PRELUDE]
    for number in range(FUNCTIONS):
        lines: list[str] = []
        for _ in range(draw(st.integers(1, 3))):
            later = [f"f{n}" for n in range(number + 1, FUNCTIONS)]
            callee = draw(st.sampled_from(["sink", *later]))
            value = draw(st.sampled_from(["given", '"a"', '"b"', 'given + "c"', "kept"]))
            lines.append(f"    {callee}({value})")
        parts.append(f"def f{number}(given):\n    kept = given\n" + "\n".join(lines) + "\n\n\n")
    calls = "".join(f'    f{number}("m{number}")\n' for number in range(FUNCTIONS))
    return "".join([*parts, f"def main():\n{calls}"])


def really(code: str) -> set[str]:
    """What the sink is given."""
    names: dict[str, Any] = {}
    exec(code, names)
    names["main"]()
    return set(names["GIVEN"])


def ways(code: str) -> list[Reach]:
    """The ways to every call of the sink."""
    analysis = analyse(code)
    reacher = Reacher(analysis.calls, analysis.machine)
    sites = analysis.calls.selected(Selector(call=(SymbolPattern("m.sink"),)))
    reacher.watch(sites)
    return [
        reacher.reach(site, lambda hit: bool(parameters_of(value_of(hit)))) for site in sites if site.is_call
    ]


def value_of(hit: Hit) -> Value:
    """What the sink is given."""
    return hit.bound.names.get("value") or () if hit.bound is not None else ()


def told(found: list[Reach]) -> set[str]:
    """The texts that come to the sink."""
    return {text for reach in found for way in reach.ways for text in texts(value_of(way.hit)) or ()}


@given(programs())
@settings(max_examples=60, deadline=None)
def test_every_argument_is_found_and_no_other(code: str) -> None:
    found = ways(code)
    assert told(found) == really(code), code
    assert not any(reach.exhausted or reach.handed_on for reach in found)
    assert not any(way.open for reach in found for way in reach.ways)


@pytest.mark.parametrize(
    ("body", "roots"),
    [
        ('def run():\n    sink("a")', {"run": False}),
        ("def run(value):\n    sink(value)", {"run": True}),
        ('def run(value):\n    sink(value)\n\n\ndef up():\n    run("a")', {"up": False}),
        ("def run(value):\n    sink(value)\n\n\ndef up(value):\n    run(value)", {"up": True}),
        ('def run():\n    def inner(value):\n        sink(value)\n\n    inner("a")', {"run": False}),
        ("def run(value):\n    sink(value)\n    run(value)", {"run": True}),
        ("def run(value):\n    sink(value)\n    on(value)\n\n\ndef on(value):\n    run(value)", {"on": True}),
        ('def run(value):\n    sink(value)\n    run(value)\n\n\ndef up():\n    run("a")', {"up": False}),
    ],
)
def test_where_execution_begins(body: str, roots: dict[str, bool]) -> None:
    (reach,) = ways(PRELUDE + body + "\n")
    assert {way.root.qualname: way.open for way in reach.ways} == roots


def test_what_a_recursion_hands_on_is_found() -> None:
    (reach,) = ways(PRELUDE + "def run(value):\n    sink(value)\n    run('b')\n")
    assert told([reach]) == {"b"}


def test_nobody_runs_what_cannot_be_reached() -> None:
    (reach,) = ways(PRELUDE + "def run():\n    return\n    sink('a')\n")
    assert reach.ways == ()


def test_whoever_is_handed_on_is_named() -> None:
    (reach,) = ways(PRELUDE + "def run(value):\n    sink(value)\n\n\ndef up(box):\n    box.keep(run)\n")
    assert [site.scope.qualname for site in reach.handed_on] == ["up"]


def test_a_callback_that_is_seen_to_be_called_is_followed() -> None:
    code = "def run(value):\n    sink(value)\n\n\ndef call(f):\n    f('a')\n\n\ndef up():\n    call(run)\n"
    (reach,) = ways(PRELUDE + code)
    assert told([reach]) == {"a"}
    assert not reach.handed_on


@pytest.mark.parametrize("depth", [3, 9])
def test_the_search_ends_far_up(depth: int) -> None:
    hops = "".join(f"def f{n}(value):\n    f{n - 1}(value)\n\n\n" for n in range(1, depth))
    code = f"{PRELUDE}def f0(value):\n    sink(value)\n\n\n{hops}def top():\n    f{depth - 1}('a')\n"
    (reach,) = ways(code)
    assert told([reach]) == ({"a"} if depth == 3 else set())
    assert [way.open for way in reach.ways] == [depth != 3]
