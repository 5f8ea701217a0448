"""Where dotted names lead: every way modules have to pass names on, and every way to go in circles."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from snippets import analyse

_FILES = {
    "p/__init__.py": "from .a import x as renamed\nfrom . import b\nfrom p.c import *\nshadow = 1\n",
    "p/a.py": "from p.b import y as x\nfrom .b import Klass\nalias = Klass\nmethod = Klass.method\n",
    "p/b.py": "y = 1\nclass Klass:\n    def method(self): ...\n",
    "p/c.py": "__all__ = ['starred', 'missing_in_all']\nstarred = 1\nhidden = 2\n",
    "p/shadow.py": "inside = 1\n",
    "p/lazy.py": "def __getattr__(name): ...\n",
    "p/deep/er/leaf.py": "value = 1\n",
    "p/foreign.py": "import sqlalchemy as sa\nfrom sqlalchemy import text as t\nfrom json import *\nq = t\n",
    "p/both.py": "try:\n    from p.gone import thing\nexcept ImportError:\n    from p.b import y as thing\n",
    "p/broken.py": "def f(:\n",
}


@pytest.mark.parametrize(
    ("name", "kind", "leads_to"),
    [
        ("p", "module", "p"),
        ("p.b", "module", "p.b"),
        ("p.b.y", "symbol", "p.b.y"),
        ("p.renamed", "symbol", "p.b.y"),
        ("p.a.alias", "symbol", "p.b.Klass"),
        ("p.a.alias.method", "symbol", "p.b.Klass.method"),
        ("p.a.method", "symbol", "p.b.Klass.method"),
        ("p.b.Klass.anything.below", "symbol", "p.b.Klass.anything.below"),
        ("p.starred", "symbol", "p.c.starred"),
        ("p.hidden", "missing", "p.hidden"),
        ("p.gone", "missing", "p.gone"),
        ("p.gone.deeper", "missing", "p.gone.deeper"),
        ("p.b.gone", "missing", "p.b.gone"),
        ("p.shadow", "symbol", "p.shadow"),
        ("p:shadow", "symbol", "p.shadow"),
        ("p.shadow:inside", "symbol", "p.shadow.inside"),
        ("p.deep", "module", "p.deep"),
        ("p.deep.er", "module", "p.deep.er"),
        ("p.deep.er.leaf.value", "symbol", "p.deep.er.leaf.value"),
        ("p.lazy.anything", "unknown", "p.lazy.anything"),
        ("p.broken.anything", "unknown", "p.broken.anything"),
        ("p.foreign.sa", "external", "sqlalchemy"),
        ("p.foreign.sa.orm.Session", "external", "sqlalchemy.orm.Session"),
        ("p.foreign.t", "external", "sqlalchemy.text"),
        ("p.foreign.q", "external", "sqlalchemy.text"),
        ("p.foreign.dumps", "unknown", "p.foreign.dumps"),
        ("p.both.thing", "symbol", "p.b.y"),
        ("p.b.__doc__", "symbol", "p.b.__doc__"),
        ("json.dumps", "external", "json.dumps"),
        ("", "external", ""),
    ],
)
def test_names(name: str, kind: str, leads_to: str) -> None:
    found = analyse(_FILES).project.names.resolve(name)
    assert (found.kind, found.qualified) == (kind, leads_to)


def test_the_way_is_told() -> None:
    names = analyse(_FILES).project.names
    assert names.resolve("p.renamed").via == ("p", "p.a")
    assert names.resolve("p.starred").via == ("p",)
    assert names.resolve("p.b.y").via == ()


@pytest.mark.parametrize(
    ("module", "target", "level", "absolute"),
    [
        ("p.a", "b", 1, "p.b"),
        ("p", "b", 1, "p.b"),
        ("p.deep.er.leaf", "", 1, "p.deep.er"),
        ("p.deep.er.leaf", "b", 3, "p.b"),
        ("p.deep.er.leaf", "b", 4, None),
        ("p.a", "", 2, None),
        ("p.a", "x.y", 0, "x.y"),
    ],
)
def test_relative_names(module: str, target: str, level: int, absolute: str | None) -> None:
    assert analyse(_FILES).project.names.absolute(module, target, level) == absolute


@pytest.mark.parametrize(
    "files",
    [
        {"m/__init__.py": "from m.a import x\n", "m/a.py": "from m import x\n"},
        {
            "m/__init__.py": "from .a import *\n",
            "m/a.py": "from .b import *\n",
            "m/b.py": "from . import *\n",
        },
        {"m/__init__.py": "x = y\ny = z\nz = x\n"},
        {"m/__init__.py": "import m\nx = m.x\n"},
        {"m/__init__.py": "from m import m\nfrom m.m import x\n"},
        {"m/__init__.py": "from . import x\n", "m/a.py": "from .. import m\n"},
    ],
    ids=["from", "star", "alias", "itself", "own-name", "submodule"],
)
def test_circles_end(files: dict[str, str]) -> None:
    found = analyse(files).project.names.resolve("m.x")
    assert found.kind in ("missing", "symbol", "unknown")


@st.composite
def _tangles(draw: st.DrawFn) -> dict[str, str]:
    """A few modules that import, alias and star-import names of each other at random."""
    modules = ["m", "m.a", "m.b", "m.b.c"]
    files: dict[str, str] = {}
    for module in modules:
        lines = []
        for _ in range(draw(st.integers(0, 4))):
            other = draw(st.sampled_from(modules))
            name, bound = draw(st.sampled_from("xyzab")), draw(st.sampled_from("xyzab"))
            lines.append(
                draw(
                    st.sampled_from(
                        [
                            f"from {other} import {name} as {bound}",
                            f"from {other} import *",
                            f"import {other}",
                            f"import {other} as {bound}",
                            f"{bound} = {name}",
                            f"{bound} = {name}.{bound}",
                            f"{bound} = 1",
                        ]
                    )
                )
            )
        path = module.replace(".", "/") + ("/__init__.py" if module in ("m", "m.b") else ".py")
        files[path] = "\n".join(lines) + "\n"
    return files


@settings(max_examples=60, deadline=None)
@given(_tangles())
def test_resolution_always_ends_and_says_the_same_again(files: dict[str, str]) -> None:
    names = analyse(files).project.names
    again = analyse(files).project.names
    questions = [f"{m}.{n}" for m in ("m", "m.a", "m.b", "m.b.c") for n in ("x", "y", "z", "a.x", "b.y.z")]
    forwards = {q: names.resolve(q) for q in questions}
    backwards = {q: again.resolve(q) for q in reversed(questions)}
    assert forwards == backwards
    for answer in forwards.values():
        if answer.kind == "module":
            assert names.is_module(answer.module)
        elif answer.kind == "symbol":
            assert names.is_module(answer.module)
            assert answer.symbol
