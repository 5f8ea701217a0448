"""Effects through the call graph: compared with a search by brute force on random graphs, and where the shortest way goes."""

from __future__ import annotations

from effect_projects import analysis_of
from hypothesis import given, settings
from hypothesis import strategies as st

from archwright.project.effects.effects import EffectGraph, Key, Label
from archwright.project.effects.facts import CallEdge, EffectSite

EFFECTS = {"clock": "time.time()", "env": "os.getenv('X')", "process": "os.system('x')"}


def _labels(site: EffectSite) -> list[Label]:
    return [Label(effect.name, site.certain) for effect in site.effects]


def _program(calls: dict[int, list[int]], effects: dict[int, list[str]]) -> str:
    lines = ["import os", "import time"]
    for function in calls:
        body = [f"    f{callee}()" for callee in calls[function]]
        body += [f"    {EFFECTS[effect]}" for effect in effects[function]]
        lines += [f"def f{function}():", *(body or ["    pass"])]
    return "\n".join(lines)


@st.composite
def _graphs(draw: st.DrawFn) -> tuple[dict[int, list[int]], dict[int, list[str]], set[int]]:
    size = draw(st.integers(2, 7))
    functions = st.integers(0, size - 1)
    calls = {f: draw(st.lists(functions, max_size=3)) for f in range(size)}
    effects = {f: draw(st.lists(st.sampled_from(sorted(EFFECTS)), max_size=1)) for f in range(size)}
    return calls, effects, draw(st.sets(functions, min_size=1, max_size=3))


def _distances(
    root: int, calls: dict[int, list[int]], effects: dict[int, list[str]], roots: set[int]
) -> dict[str, int]:
    """How many calls away each effect is, other roots not entered: level by level."""
    found: dict[str, int] = {}
    level, seen, distance = {root}, {root}, 0
    while level:
        for function in level:
            for effect in effects[function]:
                found.setdefault(effect, distance)
        level = {callee for function in level for callee in calls[function]} - seen - roots
        seen |= level
        distance += 1
    return found


@settings(max_examples=60, deadline=None)
@given(_graphs())
def test_every_effect_is_found_by_a_shortest_way(
    graph: tuple[dict[int, list[int]], dict[int, list[str]], set[int]],
) -> None:
    calls, effects, roots = graph
    found = analysis_of({"app": _program(calls, effects)}).effects
    keys = [("app", f"f{root}") for root in sorted(roots)]
    witnesses = found.witnesses(keys, lambda caller, edge: True, _labels)
    for root in roots:
        ways = {w.label.name: len(w.edges) for w in witnesses["app", f"f{root}"]}
        assert ways == _distances(root, calls, effects, roots)


@settings(max_examples=30, deadline=None)
@given(_graphs())
def test_evidence_is_a_chain_of_calls_that_ends_where_the_effect_is(
    graph: tuple[dict[int, list[int]], dict[int, list[str]], set[int]],
) -> None:
    calls, effects, roots = graph
    found = analysis_of({"app": _program(calls, effects)}).effects
    keys = [("app", f"f{root}") for root in sorted(roots)]
    for root, witnesses in found.witnesses(keys, lambda caller, edge: True, _labels).items():
        for witness in witnesses:
            current = root
            for edge in witness.edges:
                assert edge in found.of(current).edges
                current = edge.target
            assert witness.holder == current
            assert witness.site in found.of(current).sites


def _ways(modules: dict[str, str], root: Key) -> list[tuple[str, list[str]]]:
    graph: EffectGraph = analysis_of(modules).effects

    def always(caller: Key, edge: CallEdge) -> bool:
        return True

    witnesses = graph.witnesses([root], always, _labels)[root]
    return [(w.label.name, [f"{e.how} {e.qualname}" for e in w.edges]) for w in witnesses]


def test_a_certain_effect_overrules_a_possible_one() -> None:
    code = "from sqlalchemy.orm import Session\ndef g(s: Session): s.commit()\ndef f(x, s): \n    x.commit()\n    g(s)"
    assert _ways({"app": code}, ("app", "f")) == [("db.transaction.commit", ["calls g"])]


def test_a_chain_of_a_thousand_calls() -> None:
    chain = "\n".join(f"def f{n}(): f{n + 1}()" for n in range(1000))
    (way,) = _ways({"app": f"import time\n{chain}\ndef f1000(): time.time()"}, ("app", "f0"))
    assert (way[0], len(way[1])) == ("clock", 1000)
