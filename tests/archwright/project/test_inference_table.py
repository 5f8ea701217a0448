"""What expressions stand for: snippets, the expression asked about, and the answer."""

from __future__ import annotations

import pytest
from snippets import analyse

from archwright.facts import ir
from archwright.project.types.values import (
    ClassValue,
    ExternalInstance,
    ExternalValue,
    FunctionValue,
    InstanceValue,
    ModuleValue,
    UnknownValue,
    Value,
)

_PRELUDE = """
import functools, typing, contextlib
from typing import Annotated, Any, Awaitable, Optional, Protocol, Self, Union, cast
from collections.abc import Iterator
import sqlalchemy as sa

class A:
    shared = 1
    def run(self): return self
    @classmethod
    def make(cls): return cls()
    @staticmethod
    def build() -> "A": ...
    @property
    def other(self) -> "B": ...
    def __enter__(self): return self
    def __call__(self) -> "B": ...

class B(A):
    def run(self): ...
    def up(self): return super().make
    def __init__(self, a: A, late=None):
        self.a = a
        self._run = a.run
        self.late: Optional[A] = late

class Port(Protocol):
    def put(self, x): ...

class Disk:
    def put(self, x): ...

class Foreign(sa.Table): ...

def make_a() -> A: ...
def infer_a(): return A()
def maybe(flag): return A() if flag else None
async def later() -> A: ...
def pick(name: str): return {"a": make_a, "b": infer_a}[name]
@contextlib.contextmanager
def opened() -> Iterator[A]: ...
a = A()
alias = make_a
"""


def _shown(value: Value) -> str:
    match value:
        case ModuleValue():
            return f"module {value.name}"
        case FunctionValue():
            return f"{'bound ' if value.bound else ''}{value.qualname}"
        case ClassValue():
            return f"class {value.qualname}"
        case InstanceValue():
            return f"a {value.qualname}"
        case ExternalValue():
            return value.name
        case ExternalInstance():
            return f"a {value.name}"
        case UnknownValue():
            return "?"


def _values(body: str, params: str = "", prelude: str = _PRELUDE) -> set[str]:
    """The values of the last line of *body*, an expression, in a function with *params*."""
    lines = body.strip().splitlines()
    text = prelude + f"\nasync def asked({params}):\n" + "".join(f"    {line}\n" for line in lines)
    inference = analyse({"m.py": text, "pkg/__init__.py": "", "pkg/mod.py": "def f(): ...\n"}).inference
    scope = inference.index("m").scopes["asked"]
    last = scope.body[-1]
    assert isinstance(last, ir.ExprStmt)
    return {_shown(value) for value in inference.evaluate(last.value, scope)}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("A", {"class A"}),
        ("A()", {"a A"}),
        ("a", {"a A"}),
        ("a.run", {"bound A.run", "bound B.run"}),
        ("B(a).run", {"bound B.run"}),
        ("A.run", {"A.run"}),
        ("A.make", {"bound A.make"}),
        ("A.make()", {"a A"}),
        ("A.build()", {"a A"}),
        ("a.other", {"a B"}),
        ("a.other.run", {"bound B.run"}),
        ("a()", {"a B"}),
        ("B(a).a", {"a A"}),
        ("B(a)._run", {"bound A.run", "bound B.run"}),
        ("B(a).late", {"a A"}),
        ("B(a).up()", {"bound A.make"}),
        ("make_a()", {"a A"}),
        ("infer_a()", {"a A"}),
        ("maybe(1)", {"a A"}),
        ("alias()", {"a A"}),
        ("alias", {"make_a"}),
        ("await later()", {"a A"}),
        ("pick('a')", {"make_a", "infer_a"}),
        ("pick('a')()", {"a A"}),
        ("x = make_a\nx", {"make_a"}),
        ("x = y = make_a\ny", {"make_a"}),
        ("x, y = make_a, infer_a\ny", {"infer_a"}),
        ("(x := make_a)", {"make_a"}),
        ("make_a if a else infer_a", {"make_a", "infer_a"}),
        ("make_a or infer_a", {"make_a", "infer_a"}),
        ("functools.partial(make_a, 1)", {"make_a"}),
        ("cast(B, x)", {"a B"}),
        ("cast('B', x)", {"a B"}),
        ("getattr(a, 'make')", {"bound A.make"}),
        ("NAME = 'ma' + 'ke'\ngetattr(a, NAME)", {"bound A.make"}),
        ("getattr(a, name)", {"?"}),
        ("type(a)", {"class A"}),
        ("type(a)()", {"a A"}),
        ("with a as x:\n    pass\nx", {"a A"}),
        ("with opened() as x:\n    pass\nx", {"a A"}),
        ("with opened() as (x, y):\n    pass\nx", {"?"}),
        ("for x in [a]:\n    pass\nx", {"a A"}),
        ("def inner(): return a\ninner()", {"a A"}),
        ("inner = lambda: a\ninner()", {"a A"}),
        ("{'k': make_a}['k']", {"make_a"}),
        ("[make_a, infer_a][0]", {"make_a"}),
        ("[make_a, infer_a][-1]", {"infer_a"}),
        ("[make_a, infer_a][n]", {"make_a", "infer_a"}),
        ("[make_a, infer_a][1:][0]", {"make_a", "infer_a"}),
        ("table = {'k': make_a}\ntable.get('k')", {"make_a"}),
        ("table = {'k': make_a}\ntable['z'] = infer_a\ntable['z']", {"make_a", "?"}),
        ("table = {'k': make_a}\ntable.update(more)\ntable.get('z')", {"make_a", "?"}),
        ("table = {'k': make_a}\ntable.keys()\ntable['k']", {"make_a"}),
        ("{'k': make_a, **more}['k']", {"make_a", "?"}),
        ("{**more, 'k': make_a}['k']", {"make_a"}),
        ("{'k': make_a, 'l': infer_a}['l']", {"infer_a"}),
        ("x = [a]\nx.append(b)\nfor y in x:\n    pass\ny", {"a A", "?"}),
        ("for k, v in {'k': a}.items():\n    pass\nv", {"a A"}),
        ("(x, y), *z = (a, len), a\nx", {"a A"}),
        ("x = [y for y in (a,)]\nx[0]", {"a A"}),
        ("x = {k: make_a for k in names}\nx['k']", {"make_a"}),
        ("next(iter([a]))", {"a A"}),
        ("next(iter([a]), None)", {"a A"}),
        ("next((x for x in [make_a]), infer_a)", {"make_a", "infer_a"}),
        ("k, v = {'k': make_a}.popitem()\nv", {"make_a"}),
        ("x = {make_a}.union({infer_a})\nfor y in x:\n    pass\ny", {"make_a", "infer_a"}),
        ("x = []\nif a:\n    x = [make_a]\nx.append(more)\nx[0]", {"make_a", "?"}),
        ("list(reversed([a]))[0]", {"a A"}),
        ("x = x[0]\nx", {"?"}),
        ("x = [x]\nx[0][0]", {"a builtins.list"}),
        ("sa.select", {"sqlalchemy.select"}),
        ("sa.select()", {"a sqlalchemy.select"}),
        ("sa.select().where", {"sqlalchemy.select.where"}),
        ("sa.Table", {"sqlalchemy.Table"}),
        ("Foreign().columns", {"?", "sqlalchemy.Table.columns"}),
        ("len", {"builtins.len"}),
        ("nowhere", {"builtins.nowhere"}),
        ("None", set()),
        ("'x'", {"a builtins.str"}),
        ("import pkg.mod\npkg.mod.f", {"f"}),
        ("import pkg.mod as q\nq.f", {"f"}),
        ("from pkg import mod as q\nq.f", {"f"}),
        ("import importlib\nimportlib.import_module('pkg.mod').f", {"f"}),
        ("import importlib\nimportlib.import_module(name)", {"?"}),
        ("__import__('pkg.mod')", {"module pkg"}),
        ("import sys\nsys.modules['pkg.mod'].f", {"f"}),
    ],
    ids=lambda v: v.replace("\n", "; ") if isinstance(v, str) else "",
)
def test_expressions(body: str, expected: set[str]) -> None:
    assert _values(body) == expected


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("A", {"a A"}),
        ("'A'", {"a A"}),
        ("A | None", {"a A"}),
        ("'A | B'", {"a A", "a B"}),
        ("Optional[A]", {"a A"}),
        ("Union[A, B, None]", {"a A", "a B"}),
        ("Annotated[A, 'note']", {"a A"}),
        ("Annotated[Optional['A'], 1]", {"a A"}),
        ("type[A]", {"class A"}),
        ("Any", {"?"}),
        ("object", {"?"}),
        ("sa.Session", {"a sqlalchemy.Session"}),
        ("Port", {"a Port"}),
        ("Undefined", {"a builtins.Undefined"}),
        ("'not an ] annotation'", {"?"}),
    ],
)
def test_annotated_parameters(annotation: str, expected: set[str]) -> None:
    assert _values("x", params=f"x: {annotation}") == expected


def test_a_parameter_without_annotation_may_be_anything() -> None:
    assert _values("x.run", params="x") == {"?"}
    assert _values("x", params="*x") == {"a builtins.tuple"}


def test_a_protocol_is_whoever_satisfies_it() -> None:
    assert "bound Disk.put" in _values("x.put", params="x: Port")


def test_self_and_what_is_assigned_to_it_elsewhere() -> None:
    text = (
        _PRELUDE + "class C:\n    def set(self, a: A): self.it = a\n    def get(self): return self.it.make\n"
    )
    inference = analyse(text).inference
    scope = inference.index("m").scopes["C.get"]
    statement = scope.body[0]
    assert isinstance(statement, ir.Return)
    assert {_shown(v) for v in inference.evaluate(statement.value, scope)} == {"bound A.make"}


@pytest.mark.parametrize(
    "body",
    ["x = x\nx", "x = y\ny = x\nx", "x = x.a\nx", "x = x()\nx", "x = [x][0]\nx"],
)
def test_circles_end(body: str) -> None:
    assert _values(body) <= {"?", "builtins.x", "builtins.y"}


def test_mutually_recursive_functions_end() -> None:
    text = "def f(): return g()\ndef g(): return f()\nclass A:\n    def m(self): return self.m().m()\n"
    assert _values("f()", prelude=text) <= {"?"}
    assert _values("A().m()", prelude=text) <= {"?"}


def test_order_of_questions_does_not_matter() -> None:
    """An answer that a circle cut short must not be kept for those who ask from outside it."""
    text = _PRELUDE + "def f(n): return g(n) if n else A()\ndef g(n): return f(n - 1) if n else B(a)\n"
    for first, second in (("f", "g"), ("g", "f")):
        inference = analyse(text).inference
        scopes = inference.index("m").scopes
        answers = {
            name: {_shown(v) for v in inference.returned(FunctionValue("m", name))}
            for name in (first, second)
        }
        assert answers == {"f": {"a A", "a B"}, "g": {"a A", "a B"}}
        assert scopes


_TYPE_PARAMETERS = (
    _PRELUDE
    + """
V = typing.TypeVar("V")
W = typing.TypeVar("W", bound=A)
X = typing.TypeVar("X", A, Disk)
Unit = typing.NewType("Unit", B)
type Maybe[T] = T | None
type Either[T] = T | Disk
type Wrapped[T] = Optional[Annotated[Union[T, Disk], 1]]
type Further[T] = Maybe[T]
def old(x: V) -> V: return x
def same[T](x: T) -> T: return x
def made[T](cls: type[T], *rest) -> T: return cls(*rest)
def ran[T](do: typing.Callable[[], T]) -> T: return do()
def first[T](rows: list[T]) -> T: return rows[0]
def either[T](x: T, rows: list[T]) -> T: return rows[0]
def bounded[T: A](rows: list[T]) -> T: return rows[0]
class Box[T: A]:
    it: T
    def get(self) -> T: ...
    def put[U](self, x: U) -> U: return x
    def own(self):
        return self.it
class Held(Box[B]): ...
class Again[S: A](Box[S]): ...
class Bottom(Again[B]): ...
"""
)


@pytest.mark.parametrize(
    ("body", "params", "expected"),
    [
        ("old(a)", "", {"a A"}),
        ("same(a)", "", {"a A"}),
        ("same(x=a)", "", {"a A"}),
        ("same(*x)", "x", {"?"}),
        ("made(Disk)", "", {"a Disk"}),
        ("made(x)", "x", {"?"}),
        ("ran(make_a)", "", {"a A"}),
        ("ran(A)", "", {"a A"}),
        ("first(x)", "x", {"?"}),
        ("either(a, x)", "x", {"?"}),
        ("bounded(x)", "x", {"a A"}),
        ("x", "x: W", {"a A"}),
        ("x", "x: X", {"a A", "a Disk"}),
        ("x", "x: V", {"?"}),
        ("x", "x: Unit", {"a B"}),
        ("x", "x: Maybe[A]", {"a A"}),
        ("x", "x: Either['B']", {"a B", "a Disk"}),
        ("x", "x: Wrapped[A]", {"a A", "a Disk"}),
        ("x", "x: Further[A]", {"?"}),
        ("x.it", "x: Box", {"a A"}),
        ("x.get()", "x: Held", {"a B"}),
        ("x.it", "x: Bottom", {"a B"}),
        ("x.own()", "x: Held", {"a A"}),
        ("x.put(Disk())", "x: Held", {"a Disk"}),
    ],
)
def test_type_parameters(body: str, params: str, expected: set[str]) -> None:
    assert _values(body, params, _TYPE_PARAMETERS) == expected


def test_a_type_parameter_hides_what_is_called_like_it() -> None:
    text = _PRELUDE + "class T: ...\ndef f[T](x: T): x\nclass C[T]:\n    def m(self, x: T): x\n"
    inference = analyse(text).inference
    for name in ("f", "C.m"):
        scope = inference.index("m").scopes[name]
        assert {_shown(value) for value in inference.name("x", scope)} == {"?"}


@pytest.mark.parametrize(
    ("case", "asked", "expected"),
    [
        ("A()", "o", {"a A"}),
        ("A() as x", "x", {"a A"}),
        ("A() | Disk() as x", "x", {"a A", "a Disk"}),
        ("A() | None as x", "x", {"?"}),
        ("[A() as x, *_]", "x", {"a A"}),
        ("[A() as x, *_]", "o", {"?"}),
        ("A() as o", "o", {"a A"}),
        ("x", "x", {"?"}),
    ],
)
def test_what_matched_a_class_is_of_it(case: str, asked: str, expected: set[str]) -> None:
    text = (
        _PRELUDE + f"def f(o):\n    match o:\n        case {case} if {asked}:\n            return {asked}\n"
    )
    inference = analyse(text).inference
    scope = inference.index("m").scopes["f"]
    (statement,) = scope.body
    assert isinstance(statement, ir.Match)
    guard, inside = statement.cases[0].guard, statement.cases[0].body[0]
    assert isinstance(inside, ir.Return)
    assert {_shown(value) for value in inference.evaluate(inside.value, scope)} == expected
    assert {_shown(value) for value in inference.evaluate(guard, scope)} == expected
