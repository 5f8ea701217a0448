"""Random programs over dictionaries, lists and texts, and what it means that a run is among what was followed."""

from __future__ import annotations

import sys
from functools import cache
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from archwright.contracts.language import Topologies
from archwright.facts.store import FactStore
from archwright.project.analysis import Analysis
from archwright.project.execution.carrying import apart
from archwright.project.execution.heap import Object
from archwright.project.execution.machine import Machine
from archwright.project.execution.policy import Observer
from archwright.project.execution.state import State
from archwright.project.execution.values import Class, Function, Literal, Ref, Unknown, Value
from archwright.project.project import build_project

_SEQUENCES: dict[str, Any] = {"list": list, "tuple": tuple, "set": (set, frozenset, type({}.keys()))}

HELPERS = """
from contextlib import suppress
from copy import copy, deepcopy
from dataclasses import asdict, dataclass, field, replace
from functools import partial


@dataclass
class Event:
    kind: str
    size: int = 3
    extra: dict = field(default_factory=dict)

    @property
    def title(self):
        return f"event.{self.kind}"

    def with_(self, key, value):
        self.extra[key] = value
        return self


@dataclass
class Finished:
    kind: str

    def __post_init__(self):
        self.kind = f"{self.kind}!"


def pick(first, a=1, b=2, **more):
    return {"first": first, "a": a, "b": b, **more}


def put(target, key, value="put"):
    target[key] = value


def collect(found, value) -> None:
    found.append(value)


def either(d, key):
    if key in d:
        return d[key]
    return None


def without(d, *keys):
    return {k: v for k, v in d.items() if k not in keys}


"""


def run(code: str, argument: object) -> Any:
    """What the function ``f`` of a module returns when Python runs it."""
    names = dict(_helpers().__dict__)
    exec(compile(code, "m.py", "exec"), names)
    return names["f"](argument)


@cache
def _helpers() -> ModuleType:
    module = ModuleType("helpers_of_programs")
    sys.modules[module.__name__] = module  # dataclasses look their module up
    try:
        exec(compile(HELPERS, "helpers_of_programs.py", "exec"), module.__dict__)
    finally:
        del sys.modules[module.__name__]
    return module


def ends(code: str, store: FactStore, *, joined: bool = False) -> tuple[Machine, list[tuple[Value, State]]]:
    """What ``f`` returns when it is followed, path by path, or with the paths *joined*."""
    texts = {"helpers_of_programs.py": HELPERS, "m.py": f"from helpers_of_programs import *\n\n\n{code}"}
    named = [(path, path.removesuffix(".py"), False) for path in texts]
    project = build_project(named, lambda path: texts[path].encode(), Topologies(()), store)
    analysis = Analysis(project)
    machine = analysis.following.machine() if joined else analysis.machine
    scope = machine.inference.index("m").scopes["f"]
    policy = None if joined else apart(thorough=True)
    found = machine.run(scope, Observer(), policy)
    assert not machine.exhausted
    return machine, found


def covers(machine: Machine, value: Value, state: State, real: object) -> bool:
    """Whether one of the alternatives may be the real value; anything unknown may."""
    return any(_covers(machine, one, state, real) for one in value)


def _covers(machine: Machine, one: object, state: State, real: object) -> bool:
    if isinstance(one, Literal):
        return type(one.value) is type(real) and one.value == real
    if isinstance(one, Function | Class):
        return callable(real)
    if isinstance(one, Unknown) and one.type == "builtins.str":
        return isinstance(real, str)
    if not isinstance(one, Ref):
        return True
    made = machine.object(one, state)
    if made.kind == "instance":
        return hasattr(real, "__dict__") and _entries_cover(machine, made, state, vars(real))
    if made.kind == "dict":
        return isinstance(real, dict) and _entries_cover(machine, made, state, real)
    if not isinstance(real, _SEQUENCES[made.kind]):
        return False
    return _items_cover(machine, made, state, list(real))  # type: ignore[call-overload]  # one of the sequences


def _entries_cover(machine: Machine, made: Object, state: State, real: dict[Any, Any]) -> bool:
    if any(entry.sure and key not in real for key, entry in made.entries.items()):
        return False
    return all(
        covers(machine, made.entries[key].value, state, value) if key in made.entries else bool(made.open)
        for key, value in real.items()
    )


def _items_cover(machine: Machine, made: Object, state: State, real: list[object]) -> bool:
    entries = list(made.entries.values())
    surely = [e for e in entries if e.sure]
    if made.kind != "set" and not made.open and len(surely) == len(entries):
        return len(real) == len(entries) and all(
            _covers_item(machine, e.value, state, item) for e, item in zip(entries, real, strict=True)
        )
    if not all(any(_covers_item(machine, e.value, state, item) for item in real) for e in surely):
        return False
    return bool(made.open) or all(
        any(_covers_item(machine, e.value, state, item) for e in entries) for item in real
    )


def _covers_item(machine: Machine, value: Value, state: State, real: object) -> bool:
    # How deep lists lie in lists that a loop puts into themselves is not followed.
    if isinstance(real, list) and any(isinstance(one, Ref) for one in value):
        return True
    return covers(machine, value, state, real)


# --- programs ---------------------------------------------------------------------------------------------------

KEYS = st.sampled_from(["'a'", "'b'", "'c'"])
LEAVES = st.one_of(
    st.integers(0, 3).map(str), KEYS, st.sampled_from(["None", "True", "x", "n", "d.get('b')"])
)
EXPRESSIONS = st.one_of(
    LEAVES,
    st.builds("{}.get({}, {})".format, st.sampled_from("de"), KEYS, LEAVES),
    st.builds("{}.pop({}, {})".format, st.sampled_from("de"), KEYS, LEAVES),
    st.builds("d.setdefault({}, {})".format, KEYS, LEAVES),
    st.builds("({} if {} else {})".format, LEAVES, st.sampled_from(["x", "n", "'a' in d"]), LEAVES),
    st.builds("(d.pop({}, None) {} {})".format, KEYS, st.sampled_from(["or", "and"]), LEAVES),
    st.builds("(x {} d.pop({}, 0))".format, st.sampled_from(["or", "and"]), KEYS),
    st.builds("either(d, {})".format, KEYS),
    st.sampled_from(
        ["len(l)", "len(d)", "f'{n}-{x}'", "f'k{len(l)}'", "(l or [0])[0]", "(l or [0])[-1]", "[v for v in l if v != x]",
         "[v for v in l if v != x][:1]", "l[1:]", "sorted(d)", "set(d)", "sorted(['b', 'a'])[0]",
         "{k for k in d if k != x}", "list(enumerate(l, 1))", "[i for i, v in enumerate(l) if v != x]", "isinstance(n, str)",
         "(n is None)", "(n == 1)", "'a' in d", "any([n, x])", "all([n, x])", "str(n)", "not n", "dict(zip(['a', 'b'], l))",
         "Event(kind=f'{n}', **without(d, 'kind', 'size', 'extra')) if not d else n", "Event('k').title", "asdict(Event('k', **e))",
         "asdict(replace(Event('k'), size=n))", "Event('k').with_('z', n).extra", "partial(pick, 7)(b=n)", "tuple(l)",
         "'%s-%s' % (n, 'x')", "'-'.join(['a', str(n)])", "'a b'.split()", "(lambda y, z=1: {'y': y, 'z': z})(n)",
         "{**e, 'a': n}", "e | {'q': 1}", "{'a': 1, 'b': n, **d}", "pick(n, **e)", "pick(n, **d)", "dict(e, a=n)", "deepcopy(e)",
         "{k: v for k, v in d.items() if v is not None}", "{str(v): k for k, v in d.items()}", "{v: 1 for v in l if v != x}"]
    ),
)  # fmt: skip
CONDITIONS = st.one_of(
    st.sampled_from(["x", "not x", "n", "n is None", "n is not None", "n == 'a'", "x == 1", "d", "not e", "l", "len(l) > 1",
                     "isinstance(n, str)", "isinstance(n, (int, dict))", "x and n", "x or n is None", "(m := d.pop('a', None))",
                     "d.get('c', 1)", "(m := d.get('b')) is not None", "missing"]),
    KEYS.map(lambda key: f"{key} in d"),
    KEYS.map(lambda key: f"{key} not in e"),
    KEYS.map(lambda key: f"d.get({key}) is None"),
    KEYS.map(lambda key: f"d.pop({key}, None) and x"),
)  # fmt: skip
SIMPLE = st.one_of(
    st.builds("n = {}".format, EXPRESSIONS),
    st.builds("d[{}] = {}".format, KEYS, EXPRESSIONS),
    st.builds("e[{}] = {}".format, KEYS, LEAVES),
    st.builds("l.append({})".format, EXPRESSIONS),
    st.builds("d.update({}={})".format, st.sampled_from("abc"), LEAVES),
    st.builds("d.update({{{}: {}}})".format, KEYS, LEAVES),
    st.builds("put(d, {}, {})".format, KEYS, LEAVES),
    st.builds("put(e, {})".format, KEYS),
    st.builds("collect(l, {})".format, LEAVES),
    st.sampled_from(
        ["d = {**d, **e}", "d |= e", "e = d", "e = dict(d)", "e = d.copy()", "d = without(d, 'a')", "l += [n]", "l = [*l, n]",
         "l.extend(e.get('c', ()) or ())", "l.insert(0, n)", "l.pop() if l else None", "l.remove(n) if n in l else None",
         "l.clear()",
         "d.clear()", "d.pop('a', None)", "d.popitem() if d else None", "l.reverse()", "e = d if x else e", "d, e = e, d",
         "missing = [k for k in ('a', 'b') if k not in d]", "e = {**pick(n), 'z': x}", "put(e if x else d, 'c')", "n = s = 'w'",
         "s = s + 'a'", "s += 'b'", "s = f'{s}.{n}'",
         "e.update(pick(x))", "n = e.get('a') or d.get('b')"]
    ),
)  # fmt: skip
LOOPS = st.sampled_from(
    ["for n in ('a', 'b'):", "for k, v in [('a', 1), ('b', x)]:", "for k, v in sorted({'b': n, 'a': x}.items(), key=str):",
     "for n in list(l):",
     "for k in range(x if isinstance(x, int) else 4):",
     "while len(t) < 3:", "for n in {'a': 1, 'c': 2}:", "for k in str(x):"]
)  # fmt: skip


@st.composite
def blocks(draw: st.DrawFn, depth: int = 2, loop: bool = False) -> list[str]:
    """A few statements."""
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(
            st.sampled_from(["simple"] * 4 + (["if", "if", "loop", "try", "with", "def"] if depth else []))
        )
        inner = (
            [f"    {line}" for line in draw(blocks(depth - 1, loop or kind == "loop"))]
            if kind != "simple"
            else []
        )
        if kind == "simple":
            lines.append(draw(SIMPLE))
        elif kind == "if":
            lines += [f"if {draw(CONDITIONS)}:", *inner]
            if loop and draw(st.booleans()):
                lines.append(draw(st.sampled_from(["    break", "    continue"])))
            elif draw(st.booleans()):
                lines += ["else:", *(f"    {line}" for line in draw(blocks(depth - 1, loop)))]
        elif kind == "loop":
            head = draw(LOOPS)
            rounds = ["    t.append(n)"] if head.startswith("while") else []
            lines += ["t = []", head, *rounds, *inner] if rounds else [head, *inner]
        elif kind == "try":
            lines += ["try:", *inner, f"    n = d[{draw(KEYS)}]", f"    d[{draw(KEYS)}] = 9"]
            lines += ["except KeyError:", f"    {draw(SIMPLE)}"]
            if draw(st.booleans()):
                lines += ["finally:", f"    {draw(SIMPLE)}"]
        elif kind == "with":
            lines += ["with suppress(KeyError):", *inner, f"    n = d[{draw(KEYS)}]", f"    {draw(SIMPLE)}"]
        else:
            lines += [
                "def inner(p=n):",
                f"    d[{draw(KEYS)}] = p",
                "    return p",
                "n = inner()" if draw(st.booleans()) else "n = inner(p=x)",
            ]
    return lines


def program(lines: list[str]) -> str:
    """The text of a function ``f`` that uses the helpers."""
    body = "".join(f"    {line}\n" for line in lines)
    start = "    d, e, l = {'a': 1}, {}, []\n    n, s, m, t, missing = 'start', '', None, [], []\n"
    return f"def f(x):\n{start}{body}    return {{'n': n, 's': s, 'd': d, 'e': e, 'l': l, 'm': m, 't': t}}\n"
