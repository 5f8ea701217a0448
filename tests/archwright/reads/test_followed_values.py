"""What code comes to when it is followed: compared with what it comes to when Python runs it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archwright.contracts.language import Topologies
from archwright.facts.store import FactStore
from archwright.project.analysis import Analysis
from archwright.project.execution.heap import Heap, Object
from archwright.project.execution.roots import follow_root
from archwright.project.execution.values import Literal, Ref, Value
from archwright.project.project import build_project


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> FactStore:
    return FactStore(tmp_path_factory.mktemp("facts"))


def follow(code: str, store: FactStore) -> tuple[Value, Heap]:
    """What the function ``f`` of a module returns when it is followed, with the cells it reaches."""
    project = build_project([("m.py", "m", False)], lambda _: code.encode(), Topologies(()), store)
    analysis = Analysis(project)
    machine = analysis.following.machine()
    trace = follow_root(machine, analysis.inference.index("m").scopes["f"])
    assert not trace.exhausted
    return trace.returned, trace.heap


def run(code: str, argument: object) -> Any:
    """What the function ``f`` of a module returns when Python runs it."""
    names: dict[str, Any] = {}
    exec(compile(code, "m.py", "exec"), names)
    return names["f"](argument)


def covers(values: Value, heap: Heap, real: object) -> bool:
    """Whether one of the alternatives may be the real value; anything unknown may."""
    return any(_covers(one, heap, real) for one in values)


def _covers(one: object, heap: Heap, real: object) -> bool:
    if isinstance(one, Literal):
        return type(one.value) is type(real) and one.value == real
    made = heap.get(one.loc) if isinstance(one, Ref) else None
    if made is None or made.kind == "instance":
        return True
    if made.kind != "dict":
        return isinstance(real, list) and _sequence_covers(made, heap, real)
    if not isinstance(real, dict):
        return False
    missing = [key for key, entry in made.entries.items() if entry.sure and key not in real]
    return not missing and all(
        covers(made.entries[k].value if k in made.entries else made.beyond, heap, v) for k, v in real.items()
    )


def _sequence_covers(made: Object, heap: Heap, real: list[object]) -> bool:
    items = [entry.value for entry in made.entries.values()]
    if made.exact:
        return len(real) == len(items) and all(
            covers(item, heap, value) for item, value in zip(items, real, strict=True)
        )
    return all(any(covers(item, heap, value) for item in (*items, made.beyond)) for value in real)


KEYS = st.sampled_from(["'a'", "'b'", "'c'"])
LEAVES = st.one_of(st.integers(0, 9).map(str), KEYS, st.just("None"), st.just("x"))
CONDITIONS = st.one_of(
    st.just("x"),
    KEYS.map(lambda key: f"{key} in d"),
    KEYS.map(lambda key: f"d.get({key}) is None"),
    st.sampled_from(["n", "not n", "x and n", "n is not None", "x or d"]),
)


@st.composite
def statements(draw: st.DrawFn, depth: int = 2) -> list[str]:
    """A few statements about a dictionary, a list and a name."""
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(
            st.sampled_from(["set", "update", "append", "name", "if", "loop", "spread", "pop", "call", "try"])
        )
        key, value = draw(KEYS), draw(LEAVES)
        if kind == "set":
            lines.append(f"d[{key}] = {value}")
        elif kind == "update":
            lines.append(f"d.update({{{key}: {value}}})")
        elif kind == "append":
            lines.append(f"l.append(d.get({key}, {value}))")
        elif kind == "name":
            lines.append(f"n = {value}")
        elif kind == "spread":
            lines.append(f"d = {{**d, {key}: n}}")
        elif kind == "pop":
            lines.append(f"n = d.pop({key}, {value})")
        elif kind == "call":
            lines.append(f"n = pick({key}, **{{k: v for k, v in d.items() if k != {key}}})")
        elif depth == 0:
            lines.append("l += [v for v in d.values() if v is not None]")
        elif kind == "if":
            lines.append(f"if {draw(CONDITIONS)}:")
            lines += [f"    {line}" for line in draw(statements(depth - 1))]
            lines += ["else:", *(f"    {line}" for line in draw(statements(depth - 1)))]
        elif kind == "try":
            lines.append("try:")
            lines += [f"    {line}" for line in [*draw(statements(depth - 1)), f"n = d[{key}]"]]
            lines += ["except KeyError:", *(f"    {line}" for line in draw(statements(depth - 1)))]
        else:
            lines.append("for k, v in list(d.items()):")
            lines += [f"    {line}" for line in ["n = v", *draw(statements(depth - 1))]]
    return lines


@given(statements(), st.sampled_from([0, 1, "a", None]))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_runs_is_among_what_was_followed(store: FactStore, lines: list[str], argument: object) -> None:
    body = "".join(f"    {line}\n" for line in lines)
    code = (
        "def pick(first, a=1, b=2, c=3):\n    return b if first == 'a' else a\n\n\n"
        f"def f(x):\n    d = {{'a': 1}}\n    l = []\n    n = 'start'\n{body}    return [n, d, l]\n"
    )
    real = run(code, argument)
    values, cells = follow(code, store)
    assert covers(values, cells, real), f"{code}\n{real}"


@pytest.mark.parametrize(
    ("expression", "real"),
    [
        ("{'a': 1} | {'b': 2}", {"a": 1, "b": 2}),
        ("dict([('a', 1)], b=2)", {"a": 1, "b": 2}),
        ("[*[1, 2], 3] + [4]", [1, 2, 3, 4]),
        ("{k: v for k, v in {'a': 1, 'b': 2}.items() if k != 'a'}", {"b": 2}),
        ("[f(1) for f in (lambda n: n, lambda n: 'z')]", [1, "z"]),
        ("{'one': lambda: 1, 'two': lambda: 2}['two']()", 2),
        ("(lambda *a, **k: k['x'])(1, 2, **{'x': 5})", 5),
        ("'-'.join(['a', 'b'.upper()])", "a-B"),
    ],
)
def test_what_is_known_is_known_exactly(store: FactStore, expression: str, real: object) -> None:
    values, cells = follow(f"def f(x):\n    return {expression}\n", store)
    assert len(values) == 1
    assert covers(values, cells, real)
    assert not covers(values, cells, "something else")


def test_recursion_ends(store: FactStore) -> None:
    values, _ = follow("def f(x):\n    return f(f(x)) if x else [f(y) for y in x]\n", store)
    assert values
