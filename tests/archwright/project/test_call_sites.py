"""Call sites of a function: found under any name, certain only where the receiver is known."""

from __future__ import annotations

import pytest
from snippets import analyse

from archwright.contracts.language import Selector, SymbolPattern
from archwright.facts import ir
from archwright.project.calls.calls import Site
from archwright.project.code import Scope
from archwright.project.render import render
from archwright.project.types.inference import Inference
from archwright.project.types.values import FunctionValue, Values

_BASE = {
    "p/__init__.py": "from p.target import write as passed_on\n",
    "p/target.py": "def write(x): ...\nclass Driver:\n    def save(self, x): ...\n    def __call__(self, x): ...\n",
    "p/namesake.py": "def write(x): ...\nclass Cache:\n    def save(self, x): ...\n",
}


def _shown(site: Site) -> str:
    what = render(site.node.func) if isinstance(site.node, ir.Call) and site.is_call else render(site.node)
    return f"{'' if site.certain else '? '}{'' if site.is_call else 'ref '}{what}"


def _selected(code: str, call: str) -> list[str]:
    analysis = analyse({**_BASE, "p/user.py": code})
    sites = analysis.calls.selected(Selector(call=(SymbolPattern(call),)))
    return [_shown(site) for site in sites if site.scope.module == "p.user"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("from p.target import write\nwrite(1)\n", ["write"]),
        ("from p.target import write as w\nw(1)\n", ["w"]),
        ("from p import target\ntarget.write(1)\n", ["target.write"]),
        ("import p.target\np.target.write(1)\n", ["p.target.write"]),
        ("import p\np.passed_on(1)\n", ["p.passed_on"]),
        ("from p import passed_on as q\nq(1)\n", ["q"]),
        ("from .target import *\nwrite(1)\n", ["write"]),
        ("from p.target import write\nkeep = write\nkeep(1)\n", ["keep"]),
        ("from p.target import write\nrun(write)\n", ["ref write"]),
        ("from p.target import write\nrun(key=[write])\n", ["ref write"]),
        ("from p.target import write\nrun(lambda: write(1))\n", ["write"]),
        ("from p.target import write\n@write\ndef f(): ...\n", ["ref write"]),
        ("from p.target import write\ndef f(x=write(1)): ...\n", ["write"]),
        ("from p.target import write\nclass C:\n    x = write(1)\n", ["write"]),
        ("from p.target import write\ndef f():\n    def g():\n        write(1)\n", ["write"]),
        ("from p.target import write\nprint(f'{write(1)}')\n", ["write"]),
        ("from p.namesake import write\nwrite(1)\n", []),
        ("def write(x): ...\nwrite(1)\n", []),
        ("from p.target import write\ndef f(write): write(1)\n", []),
        ("x = 'write(1)'  # write(1)\n", []),
        ("import p.target as t\ngetattr(t, 'wri' + 'te')(1)\n", ["getattr(t, 'wri' + 'te')"]),
        ("import p.target as t\ndef f(n): getattr(t, n)(1)\n", ["? getattr(t, n)"]),
        ("import p.namesake as t\ndef f(n): getattr(t, n)(1)\n", []),
    ],
)
def test_sites_of_a_function(code: str, expected: list[str]) -> None:
    assert _selected(code, "p.target.write") == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("from p.target import Driver\nDriver().save(1)\n", ["Driver().save"]),
        ("from p.target import Driver\ndef f(d: Driver): d.save(1)\n", ["d.save"]),
        ("from p.target import Driver\ndef f(d: Driver): Driver.save(d, 1)\n", ["Driver.save"]),
        ("from p.target import Driver\nclass Sub(Driver): ...\nSub().save(1)\n", ["Sub().save"]),
        ("from p.target import Driver\nclass Sub(Driver):\n    def save(self, x): ...\nSub().save(1)\n", []),
        (
            "from p.target import Driver\nclass Sub(Driver):\n    def save(self, x): super().save(x)\n",
            ["super().save"],
        ),
        ("def f(d): d.save(1)\n", ["? d.save"]),
        ("from p.namesake import Cache\nCache().save(1)\n", []),
        ("from p.target import Driver\nbound = Driver().save\nbound(1)\n", ["bound"]),
    ],
)
def test_sites_of_a_method(code: str, expected: list[str]) -> None:
    assert _selected(code, "p.target.Driver.save") == expected


def test_callers_of_an_unknown_receiver_must_fit_the_signature() -> None:
    code = "def f(d): d.save(1)\ndef g(d): d.save()\ndef h(d): d.save(1, 2)\ndef k(d): d.save(x=1)\ndef m(d): d.save(*d)\n"
    analysis = analyse({**_BASE, "p/user.py": code})
    sites = analysis.calls.of(FunctionValue("p.target", "Driver.save"))
    assert [(s.scope.qualname, s.certain) for s in sites] == [("f", False), ("k", False), ("m", False)]


def test_callers_of_an_instance() -> None:
    code = (
        "from p.target import Driver\ndef f(write: Driver): write(1)\ndef g(): Driver()(1)\ndef h(x): x(1)\n"
    )
    analysis = analyse({**_BASE, "p/user.py": code})
    sites = analysis.calls.of(FunctionValue("p.target", "Driver.__call__"))
    assert [s.scope.qualname for s in sites] == ["f", "g"]


@pytest.mark.parametrize(
    ("code", "elsewhere", "expected"),
    [
        ("from p.target import write\nkeep = write\n", "from p.user import keep\nkeep(1)\n", ["keep"]),
        ("from p.target import write\nkeep = write\n", "import p.user as u\nu.keep(1)\n", ["u.keep"]),
        (
            "from p.target import write\nclass C:\n    def __init__(self):\n        w = write\n        self.keep = w\n",
            "from p.user import C\nC().keep(1)\n",
            ["C().keep"],
        ),
        (
            "from p.target import write\ndef start():\n    global keep\n    keep = write\n",
            "from p import user\nuser.keep(1)\n",
            ["user.keep"],
        ),
        (
            "def start():\n    from p.target import write as w\n    return w(1)\n",
            "def w(x): ...\nw(1)\n",
            [],
        ),
    ],
)
def test_names_travel_from_module_to_module(code: str, elsewhere: str, expected: list[str]) -> None:
    analysis = analyse({**_BASE, "p/user.py": code, "p/other.py": elsewhere})
    for sites in (
        analysis.calls.selected(Selector(call=(SymbolPattern("p.target.write"),))),
        analysis.calls.of(FunctionValue("p.target", "write")),
    ):
        assert [_shown(site) for site in sites if site.scope.module == "p.other"] == expected


def test_namesakes_are_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    count = 30
    files = {
        f"p/m{n}.py": f"class C{n}:\n    def get(self): ...\n\n\n"
        f"def use(x, c: C{n}):\n    value = x.get()\n    c.get()\n    return value\n"
        for n in range(count)
    }
    analysis = analyse({"p/__init__.py": "", **files})
    asked = 0
    evaluate = Inference.evaluate

    def counted(self: Inference, expr: ir.Expr | None, scope: Scope, depth: int = 24) -> Values:
        nonlocal asked
        asked += depth == 24
        return evaluate(self, expr, scope, depth)

    monkeypatch.setattr(Inference, "evaluate", counted)
    for n in range(count):
        sites = analysis.calls.of(FunctionValue(f"p.m{n}", f"C{n}.get"))
        assert [(s.scope.module, s.certain) for s in sites if s.certain] == [(f"p.m{n}", True)]
        assert len(sites) == count + 1, "and every get on something unknown"
    assert asked < 4 * count, "each place once, not once for each of the functions that are called so"


_CLASSES = {
    "p/rows.py": "class Row:\n    def __init__(self, x): ...\n",
    "p/quiet.py": "from p.rows import Row as Base\nclass Quiet(Base): ...\nclass Own(Base):\n    def __init__(self): ...\n",
    "p/user.py": "from p.quiet import Quiet as Q, Own\nfrom p.namesake import Cache\nQ(1)\nOwn()\nCache()\nkeep = [Q]\n",
}


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (Selector(call=(SymbolPattern("p.rows.Row"),)), ["Q", "Own", "ref Q"]),
        (Selector(call=(SymbolPattern("**.Row"),)), ["Q", "Own", "ref Q"]),
        (Selector(call=(SymbolPattern("p.rows.Row.__init__"),)), ["Q", "ref Q"]),
        (Selector(call=(SymbolPattern("p.quiet.Own"),)), ["Own"]),
        (
            Selector(
                call=(SymbolPattern("p.rows.Row"),),
                none_of=(Selector(call=(SymbolPattern("p.quiet.Own"),)),),
            ),
            ["Q", "ref Q"],
        ),
    ],
)
def test_making_a_subclass_makes_the_class(selector: Selector, expected: list[str]) -> None:
    analysis = analyse({**_BASE, **_CLASSES})
    sites = analysis.calls.selected(selector)
    assert [_shown(site) for site in sites if site.scope.module == "p.user"] == expected
