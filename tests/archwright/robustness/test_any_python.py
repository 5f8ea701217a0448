"""Whatever is in a file, the suite ends, stays small, and says what it could not read: one finding; the rest is decided."""

# ruff: noqa: E501 - programs and contracts as they are, a line each
from __future__ import annotations

import ast
import random
import resource
import sysconfig
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archwright.gate.results import Report
from archwright.gate.run import run

TOPOLOGY = """
topology:
  roots: [src]
  cover: "odd.**"
  layers:
    - {id: all, name: All, modules: "odd.**", contract: "anything"}
    - {id: database, name: Database, modules: "database.**", contract: "what is called", expect: any}
  wiring:
    all: {may: [database]}
    database: {}
"""
RULES = """
contracts:
  - {id: placed, kind: topology, rule: cover, expect: any, why: w, fix: f}
  - {id: resolve, kind: imports, rule: resolve, from: {module: "odd.**"}, expect: any, why: w, fix: f}
  - {id: acyclic, kind: imports, rule: acyclic, from: {module: "odd.**"}, expect: any, why: w, fix: f}
  - {id: no-http, kind: imports, rule: forbid, from: {module: "odd.**"}, to: [{package: fastapi}], transitive: true, expect: any, why: w, fix: f}
  - {id: no-effects, kind: effects, rule: forbid, units: {module: "odd.**"}, forbid: [db, clock, random, network, process], expect: any, why: w, fix: f}
  - {id: no-blocking, kind: effects, rule: blocking, units: {module: "odd.**"}, expect: any, why: w, fix: f}
  - id: opened-first
    kind: ordering
    sink: {call: "*.write"}
    dominated_by:
      any:
        - {completed: {call: "*.open"}}
        - {raises_unless: "it is ready", condition: "self.a and not b"}
    expect: any
    why: w
    fix: f
  - {id: chain, kind: storage, rule: chain, migrations: {module: "odd.**"}, expect: any, why: w, fix: f}
  - {id: agree, kind: storage, rule: agree, migrations: {module: "odd.**"}, expect: any, why: w, fix: f}
  - {id: statements, kind: storage, rule: statements, migrations: {module: "odd.**"}, units: {module: "odd.**"}, expect: any, why: w, fix: f}
"""
CLEAN = "import fastapi\n\n\ndef late():\n    import time\n    return time.time()\n"
"""A file of which something is always found."""


def judged(directory: Path, files: Mapping[str, bytes]) -> Report:
    """What all contracts say of *files*, by module name in the package ``odd``, with one file more that is known to be bad."""
    root = directory / "src/odd"
    root.mkdir(parents=True, exist_ok=True)
    (directory / "contracts").mkdir(exist_ok=True)
    (directory / "contracts/topology.yaml").write_text(TOPOLOGY)
    (directory / "contracts/rules.yaml").write_text(RULES)
    for old in root.rglob("*.py"):
        old.unlink()
    (root / "known.py").write_text(CLEAN)
    for name, content in files.items():
        target = root / f"{name.replace('.', '/')}.py"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    report = run(directory, jobs=1, on_crash=_raise)
    known = {f.contract for f in report.findings if f.location.path == "src/odd/known.py"}
    assert known >= {"no-http", "no-effects"}, "the other files are decided all the same"
    return report


def _raise(contract: object, error: Exception) -> None:
    raise AssertionError(f"{contract} crashed") from error


def unreadable(report: Report) -> list[str]:
    return sorted(f.location.path for f in report.findings if f.evidence == "unreadable-file")


BROKEN = {
    "latin_1": "# -*- coding: utf-8 -*-\nNAME = 'é'\n".encode("latin-1"),
    "unfinished": b"def f(:\n",
    "tabs": b"if 1:\n\tx = 1\n        y = 2\n",
    "nulls": b"x = 1\0\n",
    "other_codec": b"# coding: no-such-codec\nx = 1\n",
    "bytes": bytes(range(128, 256)),
    "conflict": b"<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> other\n",
    "python_2": b"print 'hello'\n",
    "template": b"class {{ name }}:\n    pass\n",
}
FINE = {
    "empty": b"",
    "spaces": b"   \n\t\n",
    "bom": b"\xef\xbb\xbfimport os\n",
    "declared_latin_1": "# -*- coding: latin-1 -*-\nNAME = 'é'\n".encode("latin-1"),
    "windows": b"import os\r\n\r\ndef f():\r\n    return os\r\n",
    "mac": b"import os\rdef f():\r    return os\r",
    "form_feed": b"import os\n\x0c\ndef f():\n    return os\n",
    "no_newline": b"x = 1",
    "one_line": b"; ".join(b"x%d = %d" % (n, n) for n in range(3_000)) + b"\n",
    "surrogate": b"NAME = '\\ud800'\n",
    "soft_keywords": b"match = case = type = 1\nmatch match:\n    case case:\n        type = case\n",
}


def test_a_broken_file_is_one_finding(tmp_path: Path) -> None:
    report = judged(tmp_path, {**BROKEN, **FINE})
    assert unreadable(report) == sorted(f"src/odd/{name}.py" for name in BROKEN)
    assert sum(
        f.location.path.removeprefix("src/odd/").removesuffix(".py") in BROKEN for f in report.findings
    ) == len(BROKEN)


def deep(kind: str, depth: int) -> str:
    return {
        "parentheses": f"x = {'(' * depth}1{')' * depth}\n",
        "attributes": f"x = a{'.b' * depth}\n",
        "calls": f"x = {'f(' * depth}{')' * depth}\n",
        "additions": f"x = {' + '.join(['1'] * depth)}\n",
        "lists": f"x = {'[' * depth}{']' * depth}\n",
        "blocks": "".join(f"{' ' * n}if x:\n" for n in range(depth)) + " " * depth + "pass\n",
        "functions": "".join(f"{' ' * n}def f{n}():\n" for n in range(depth)) + " " * depth + "pass\n",
        "elifs": "if x == 0:\n    y()\n" + "".join(f"elif x == {n}:\n    y()\n" for n in range(depth)),
        "lambdas": f"x = {'lambda: ' * depth}1\n",
        "conditions": f"x = {'a if b else ' * depth}c\n",
        "strings": "x = " + " ".join(["'a'"] * depth) + "\n",
        "subclasses": "class C0:\n    pass\n"
        + "".join(f"class C{n + 1}(C{n}):\n    pass\n" for n in range(depth)),
        "aliases": "a0 = open\n" + "".join(f"a{n + 1} = a{n}\n" for n in range(depth)) + f"a{depth}('x')\n",
        "helpers": "".join(f"def f{n}():\n    return f{n + 1}()\n\n\n" for n in range(depth))
        + f"def f{depth}():\n    write()\n",
    }[kind]


@pytest.mark.parametrize("depth", [40, 400])
def test_depth_is_bounded(tmp_path: Path, depth: int) -> None:
    kinds = [
        "parentheses",
        "attributes",
        "calls",
        "additions",
        "lists",
        "lambdas",
        "conditions",
        "strings",
        "elifs",
        "subclasses",
        "aliases",
        "helpers",
    ]
    kinds += ["blocks", "functions"] if depth < 90 else []
    report = judged(tmp_path, {kind: deep(kind, depth).encode() for kind in kinds})
    assert set(unreadable(report)) <= {f"src/odd/{kind}.py" for kind in kinds}
    if depth == 40:
        assert unreadable(report) == []


def test_circles_of_everything(tmp_path: Path) -> None:
    modules = 12
    files = {
        f"ring_{n}": (
            f"import odd.ring_{(n + 1) % modules} as after\nfrom odd.ring_{(n - 1) % modules} import *\n"
            f"from odd.ring_{(n + 1) % modules} import Thing as Base\n\n\n"
            "class Thing(Base):\n    other: 'Base'\n\n    def keep(self):\n        return after.Thing().keep() or self.other.keep()\n\n\n"
            "alias = after.alias\nkeep = alias.keep\n"
        ).encode()
        for n in range(modules)
    }
    files["self"] = (
        b"from odd.self import x\nfrom odd import self\n\nx = x\n\n\nclass A(A):\n    a = A.a\n\n\nclass B(C):\n    pass\n\n\nclass C(B):\n    pass\n"
    )
    report = judged(tmp_path, files)
    assert unreadable(report) == []
    assert any(f.evidence == "import-cycle" and len(f.symbols) >= modules for f in report.findings)


def test_twenty_thousand_lines(tmp_path: Path) -> None:
    functions = "".join(
        f"async def step_{n}(session, value):\n    if value > {n}:\n        return await step_{n // 2}(session, value - 1)\n    session.keep(value)\n\n"
        for n in range(4_000)
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = judged(tmp_path, {"large": functions.encode()})
    assert unreadable(report) == []
    assert functions.count("\n") == 20_000
    used = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert used < 900, f"{used:.0f} MiB for one large file"


# --- random programs --------------------------------------------------------------------------------------------

NAMES = st.sampled_from(
    ["a", "b", "self", "session", "write", "open", "time", "os", "Base", "C", "f", "op", "text", "x"]
)
LITERALS = st.sampled_from(
    [
        "1",
        "None",
        "'SELECT a FROM b'",
        "f'{a}'",
        "b'x'",
        "...",
        "[]",
        "{'a': 1}",
        "'COMMIT'",
        "1.5j",
        "(yield)",
        "{*a}",
        "{**b}",
    ]
)


def _expressions(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, NAMES).map(lambda p: f"{_atom(p[0])}.{p[1]}"),
        st.tuples(inner, inner).map(lambda p: f"{_atom(p[0])}({p[1]}, *[{p[1]}], k={p[0]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]}) + ({p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]}) and not ({p[1]})"),
        st.tuples(inner, inner, inner).map(lambda p: f"(({p[0]}) if ({p[1]}) else ({p[2]}))"),
        st.tuples(NAMES, inner).map(lambda p: f"(lambda {p[0]}: ({p[1]}))"),
        st.tuples(NAMES, inner, inner).map(lambda p: f"[({p[1]}) for {p[0]} in ({p[2]}) if {p[0]}]"),
        st.tuples(NAMES, inner).map(lambda p: f"({p[0]} := ({p[1]}))"),
        st.tuples(inner, inner).map(lambda p: f"{_atom(p[0])}[{p[1]}:]"),
        inner.map(lambda e: f"(await ({e}))"),
        inner.map(lambda e: f"getattr({e}, 'write')"),
        inner.map(lambda e: f"f'a {{({e})!r:>{{x}}}}'"),
    )


def _atom(text: str) -> str:
    return f"({text})"


EXPRESSIONS = st.recursive(st.one_of(NAMES, LITERALS), _expressions, max_leaves=6)


def _indented(body: list[str]) -> str:
    return "\n".join(f"    {line}" for line in "\n".join(body).split("\n"))


SIMPLE = st.one_of(
    EXPRESSIONS,
    st.tuples(NAMES, EXPRESSIONS).map(lambda p: f"{p[0]} = {p[1]}"),
    st.tuples(NAMES, EXPRESSIONS).map(lambda p: f"{p[0]}.a, *b = {p[1]}"),
    st.tuples(NAMES, EXPRESSIONS).map(lambda p: f"{p[0]}: 'Base | None' = {p[1]}"),
    st.tuples(NAMES, EXPRESSIONS).map(lambda p: f"{p[0]} += {p[1]}"),
    EXPRESSIONS.map(lambda e: f"assert {e}"),
    EXPRESSIONS.map(lambda e: f"raise {e}"),
    NAMES.map(lambda n: f"del {n}"),
    NAMES.map(lambda n: f"global {n}"),
    st.sampled_from(
        [
            "pass",
            "return",
            "break",
            "continue",
            "import os as time",
            "from . import a",
            "from ..odd import known as f",
        ]
    ),
    st.sampled_from(
        [
            "from sqlalchemy import text",
            "from alembic import op",
            "import odd.random as C",
            "from odd.random import *",
        ]
    ),
)


def _statements(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    body = st.lists(inner, min_size=1, max_size=3).map(_indented)
    return st.one_of(
        st.tuples(EXPRESSIONS, body, body).map(lambda p: f"if {p[0]}:\n{p[1]}\nelse:\n{p[2]}"),
        st.tuples(EXPRESSIONS, body, body).map(lambda p: f"while {p[0]}:\n{p[1]}\nelse:\n{p[2]}"),
        st.tuples(NAMES, EXPRESSIONS, body).map(lambda p: f"for {p[0]} in {p[1]}:\n{p[2]}"),
        st.tuples(EXPRESSIONS, NAMES, body).map(lambda p: f"async with {p[0]} as {p[1]}:\n{p[2]}"),
        st.tuples(body, NAMES, body, body).map(
            lambda p: f"try:\n{p[0]}\nexcept {p[1]} as x:\n{p[2]}\nfinally:\n{p[3]}"
        ),
        st.tuples(NAMES, NAMES, body).map(
            lambda p: f"@{p[1]}\nasync def {p[0]}(self, *b, x: 'C' = 1, **a):\n{p[2]}"
        ),
        st.tuples(NAMES, NAMES, body).map(lambda p: f"def {p[0]}({p[1]}=None):\n{p[2]}"),
        st.tuples(NAMES, NAMES, body).map(
            lambda p: f"class {p[0]}({p[1]}, metaclass=x):\n    __tablename__ = 'b'\n{p[2]}"
        ),
        st.tuples(EXPRESSIONS, NAMES, body).map(
            lambda p: f"match {p[0]}:\n    case [{p[1]}, *_] if {p[1]}:\n{_indented([p[2]])}"
        ),
    )


PROGRAMS = st.lists(st.recursive(SIMPLE, _statements, max_leaves=8), min_size=1, max_size=6).map(
    lambda s: "\n".join(s) + "\n"
)


@given(first=PROGRAMS, second=PROGRAMS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_random_modules(tmp_path_factory: pytest.TempPathFactory, first: str, second: str) -> None:
    directory = tmp_path_factory.getbasetemp() / "random_modules"
    report = judged(
        directory, {"random": first.encode(), "other": f"from odd.random import *\n{second}".encode()}
    )
    for name, text in (("random", first), ("other", second)):
        if f"src/odd/{name}.py" in unreadable(report):
            with pytest.raises((SyntaxError, ValueError)):
                ast.parse(text)


def test_the_standard_library_in_part(tmp_path: Path) -> None:
    """A few modules, the same every time."""
    library = Path(sysconfig.get_paths()["stdlib"])
    paths = [p for p in sorted(library.glob("*.py")) if p.stat().st_size < 12_000]
    chosen = random.Random(5).sample(paths, 10)
    report = judged(tmp_path, {f"lib_{p.stem.strip('_')}": p.read_bytes() for p in chosen})
    assert unreadable(report) == []
