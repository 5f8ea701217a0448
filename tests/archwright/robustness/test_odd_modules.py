"""All kinds of contract on modules that nobody would write: each ends, in little time, without a crash."""

# ruff: noqa: E501 - programs as they are, a line each
from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from odd_projects import judged, unreadable

from archwright.project.operations import reaching

LONG: Mapping[str, tuple[int, Callable[[int], str]]] = {
    "sum": (900, lambda n: f"x = {' + '.join(['1'] * n)}\n"),
    "condition": (
        500,
        lambda n: (
            f"def f(a, d):\n    if {' or '.join(f'a{i}' for i in range(n))}:\n        open(d).write(a)\n"
        ),
    ),
    "query": (
        500,
        lambda n: f"def f(s):\n    s.execute({' + '.join(repr('SELECT a ') for _ in range(n))})\n",
    ),
    "chain": (300, lambda n: f"x = q{'.where(a)' * n}\n"),
    "list": (20_000, lambda n: f"X = [{', '.join(map(str, range(n)))}]\n"),
    "table": (
        2_000,
        lambda n: (
            "X = {"
            + ", ".join(f"'k{i}': open" for i in range(n))
            + "}\n\n\ndef f(k):\n    return X[k]('a').write(1)\n"
        ),
    ),
    "event": (
        2_000,
        lambda n: (
            "def f(s):\n    d = {"
            + ", ".join(f"'k{i}': {i}" for i in range(n))
            + "}\n    s.send(d)\n    s.put({**d, 'a': 1})\n"
        ),
    ),
    "classes": (
        500,
        lambda n: (
            "class C0:\n    name = True\n    def close(self): ...\n"
            + "".join(f"class C{i + 1}(C{i}):\n    pass\n" for i in range(n))
            + f"C{n}().close()\n"
        ),
    ),
    "helpers": (
        300,
        lambda n: (
            "".join(f"def f{i}(x):\n    return f{i + 1}(x)\n" for i in range(n))
            + f"def f{n}(x):\n    x.write(open('a'))\n"
        ),
    ),
    "statements": (1_000, lambda n: "def f(x):\n" + "    x = x.go(x)\n" * n + "    x.write()\n"),
    "handlers": (
        100,
        lambda n: (
            "def f(x, y):\n"
            + "".join(
                f"    try:\n        y = x.get({i})\n    except E{i}:\n        y = None\n" for i in range(n)
            )
            + "    y.write(x)\n"
        ),
    ),
    "diamonds": (
        40,
        lambda n: (
            "class A0:\n    def close(self): ...\nclass B0(A0): ...\n"
            + "".join(f"class A{i + 1}(A{i}, B{i}): ...\nclass B{i + 1}(A{i}, B{i}): ...\n" for i in range(n))
            + f"A{n}().close()\n"
        ),
    ),
    "namesakes": (300, lambda n: "".join(f"def f(x{i}): ...\n" for i in range(n)) + "f(1)\nf.write(1)\n"),
    "either": (
        200,
        lambda n: "".join(f"h = open if a{i} else h\n" for i in range(n)) + "h('a').write(1)\n",
    ),
    "each_other": (
        12,
        lambda n: (
            "def f(x, y, z):\n"
            + "    for x in y: pass\n    for y in z: pass\n    for z in x: pass\n" * n
            + "    x.write(y)\n    z.send({'a': x})\n"
        ),
    ),
    "methods": (
        60,
        lambda n: (
            "class C:\n"
            + "".join(
                f"    def m{i}(self, x):\n        self.a{i} = self.m{(i + 1) % n}(x) or self.m{(i * 7 + 1) % n}(x)\n        return self.a{(i + 3) % n}\n"
                for i in range(n)
            )
            + "C().m0(1).write(2)\n"
        ),
    ),
    "circle": (
        8,
        lambda n: "".join(
            f"def f{i}(x, y):\n" + "".join(f"    f{j}(y, x)\n" for j in range(n)) + "    x.write({'a': y})\n"
            for i in range(n)
        ),
    ),
}


@pytest.mark.parametrize("name", LONG)
def test_long_things_end(tmp_path: Path, name: str) -> None:
    size, make = LONG[name]
    assert unreadable(judged(tmp_path, {name: make(size)})) == []


def test_what_is_too_much_to_execute_is_undecided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reaching, "_MAX_STATEMENTS", 50)
    calls = "".join(
        f"def use{n}(x):\n    a = {n}\n    b = a\n    register('op{n}', x)\n\n\n" for n in range(40)
    )
    report = judged(tmp_path, {"many": f"def register(name, handler): ...\n\n\n{calls}"})
    found = [f for f in report.findings if f.contract == "registry-registered"]
    assert all("too large to be followed" in f.message for f in found[20:])
    assert {f.location.line for f in found[20:]} == {7 + 6 * n for n in range(20, 40)}


CIRCLES = {
    "itself": "from odd.itself import *\nimport odd.itself as odd\n\n\nclass A(A):\n    a = A.a\n\n    def close(self):\n        return super().close()\n\n\n@A\n@f\ndef f(x=f):\n    return f(f)\n",
    "one": "from __future__ import annotations\nfrom typing import TYPE_CHECKING, Generic, TypeVar\nif TYPE_CHECKING:\n    from odd.two import Two\nT = TypeVar('T', bound='One[One]')\n\n\nclass One(Generic[T], Two):\n    other: Two[One[T]]\n\n    def get(self: T) -> One[One[T]]:\n        return self.other.get().other.get()\n",
    "two": "from odd.one import *\nfrom odd.three import *\n__all__ = ['One', 'Two']\n\n\nclass Two(One['Two']):\n    def close(self):\n        return self.get().other.close()\n",
    "three": "from odd.two import *\nfrom odd.one import One as Two, Two as One\n\n\nclass Three(One, Two, metaclass=Three):\n    x: Three = One()\n    y = x.y\n",
    "types": "A = 'B'\nB = 'A'\nC = list['C'] | dict[str, 'C']\nD = Annotated['D', D]\n\n\ndef f(a: A, c: C, d: D) -> 'B':\n    a.write(c)\n    d.send(f(a, c, d))\n    return f\n",
    "decorators": "def wrap(g):\n    @wrap\n    def inner(*a, **k):\n        return wrap(inner)(*a, **k)\n    return inner\n\n\n@wrap\n@wrap(wrap)\ndef send(x): send(send(x))\n",
    "properties": "class P:\n    @property\n    def p(self): return self.p.p\n    @p.setter\n    def p(self, p): self.p = p\n    def __getattr__(self, n): return getattr(self, n)\n    def __call__(self, *a): return self(*a)\n    def __enter__(self): return self.__enter__()\n\n\nwith P() as x:\n    x.p.write(x())\n",
    "lists": "x = []\nx.append(x)\nd = {}\nd['d'] = d\nd.update(d, **d)\nsend(d)\n\n\ndef send(e):\n    e['e'] = e\n    send({**e, 'x': [e, *x]})\n    for x in x: send(x)\n",
}


def test_what_leads_back_to_itself_ends(tmp_path: Path) -> None:
    assert unreadable(judged(tmp_path, CIRCLES)) == []


CRASHED = {
    "dump_of_anything": "from pydantic import BaseModel\n\n\ndef send(event): ...\n\n\ndef f(x: BaseModel):\n    send(x.model_dump())\n",
}
"""Programs on which something crashed once."""


def test_what_once_crashed(tmp_path: Path) -> None:
    judged(tmp_path, CRASHED)


REFUSED = {
    "parentheses": f"x = {'(' * 5_000}1{')' * 5_000}\n",
    "calls": f"x = {'f(' * 5_000}{')' * 5_000}\n",
    "lists": f"x = {'[' * 5_000}{']' * 5_000}\n",
    "blocks": "".join(f"{' ' * n}if x:\n" for n in range(150)) + " " * 150 + "pass\n",
}


def test_what_python_refuses_is_one_finding_each(tmp_path: Path) -> None:
    report = judged(tmp_path, REFUSED)
    assert sorted(unreadable(report)) == [f"src/odd/{name}.py" for name in sorted(REFUSED)]
    about = [f.contract for f in report.findings if f.location.path in unreadable(report)]
    assert about == ["parse"] * len(REFUSED)
