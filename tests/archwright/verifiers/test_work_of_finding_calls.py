"""How much is done to find calls and members grows with the code: four times the code is not sixteen times the work."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

import pytest

from archwright.gate.codebase import open_code_base
from archwright.model import CheckResult
from archwright.verifiers import catalogue

_CONTRACTS = """
topology:
  roots: [src]
  cover: "**"
  layers: [{id: all, name: All, modules: "**", contract: "anything"}]
  wiring: {all: {}}
contracts:
  - id: no-sockets
    kind: shape
    rule: signatures
    units: {module: "**"}
    visibility: all
    forbid: {class: "socket.socket"}
    expect: any
    why: w
    fix: f
  - id: no-clock
    kind: effects
    rule: forbid
    units: {module: "**"}
    forbid: [clock]
    expect: any
    why: w
    fix: f
  - id: written-out
    kind: registry
    rule: static
    registry: {register: {call: "**.register"}, execute: {call: "**.execute"}}
    units: {module: "**"}
    expect: any
    why: w
    fix: f
  - id: checked-first
    kind: events
    rule: validated
    types: {a.Happened: {required: [b]}}
    sinks: {call: "**.write"}
    validator: {call: "**.check"}
    expect: any
    why: w
    fix: f
"""


def _names_looked_up(size: int) -> dict[str, str]:
    """Functions of many names, and many modules in which names are looked up."""
    return {
        f"m{i}": f"from socket import socket\n\n\ndef f{i}(x):\n    return getattr(x, 'y')\n"
        for i in range(size)
    }


def _callable_objects(size: int) -> dict[str, str]:
    """Objects that can be called by any name."""
    classes = (
        f"class C{i}:\n    def __call__(self, x): ...\n\n\nc{i} = C{i}()\nc{i}(1)\n" for i in range(size)
    )
    return {"m": "import socket\n" + "".join(classes)}


def _attributes(size: int) -> dict[str, str]:
    """Classes of one module with an attribute each."""
    classes = (
        f"class C{i}:\n    def __init__(self, x: int): self.x{i} = x\n    def get(self): return C{i // 2}(1).x{i // 2}\n"
        for i in range(size)
    )
    return {"m": "".join(classes)}


def _properties(size: int) -> dict[str, str]:
    """Properties that are read, in classes of one module."""
    classes = (
        f"class C{i}:\n    @property\n    def p{i}(self): return 1\n    def get(self): return C{i // 2}().p{i // 2}\n"
        for i in range(size)
    )
    return {"m": "".join(classes)}


def _lambdas(size: int) -> dict[str, str]:
    """Functions without a name of their own, called by the one they are given."""
    return {"m": "".join(f"h{i} = lambda x: h{i // 2}(x)\n" for i in range(size))}


def _functions_in_tables(size: int) -> dict[str, str]:
    """Functions that one body hands on, each in a place of its own."""
    tables = "".join(f"T{i} = {{'a': open, 'b': f{i}}}\n" for i in range(size))
    return {"m": tables + "".join(f"def f{i}(k): T{i}[k](1).write(2)\n" for i in range(size))}


def _unknown_receivers(size: int) -> dict[str, str]:
    """Methods of one name, each called on something of unknown type."""
    return {"m": "".join(f"class C{i}:\n    def shut(self, x): return x.shut(self)\n" for i in range(size))}


def _containers(size: int) -> dict[str, str]:
    """Lists of one function that are filled and handed on."""
    made = "".join(f"    a{i} = []\n    a{i}.append({i})\n    take(a{i})\n" for i in range(size))
    return {"m": f"import socket\n\n\ndef take(x): ...\n\n\ndef f():\n{made}"}


def _linked_fields(size: int) -> dict[str, str]:
    """Objects whose fields are made of each other's."""
    lines = "".join(
        f"        self.a{i} = self.a{(i + 1) % size} or self.a{(i * 7 + 1) % size}\n" for i in range(size)
    )
    used = "".join(f"    take(c.a{i})\n" for i in range(size))
    return {
        "m": f"import socket\n\n\nclass C:\n    def __init__(self):\n{lines}\n\ndef take(x): ...\n\n\ndef f(c: C):\n{used}"
    }


def _names_given_each_other(size: int) -> dict[str, str]:
    """Names with several values each, all of them names."""
    given = "".join(
        f"    a{i} = a{(i + 1) % size}\n    a{i} = a{(i * 7 + 1) % size}\n    a{i} = a{(i * 5 + 2) % size}\n"
        for i in range(size)
    )
    return {"m": f"def f(x):\n    getattr(x, 'y')\n{given}    a0(x)\n"}


@pytest.mark.parametrize(
    ("contract", "code"),
    [
        ("no-sockets", _names_looked_up),
        ("no-sockets", _callable_objects),
        ("no-sockets", _containers),
        ("no-clock", _attributes),
        ("no-clock", _properties),
        ("no-clock", _lambdas),
        ("no-clock", _unknown_receivers),
        ("checked-first", _functions_in_tables),
        ("written-out", _names_given_each_other),
    ],
)
def test_work_grows_with_the_code(
    tmp_path: Path, contract: str, code: Callable[[int], Mapping[str, str]]
) -> None:
    small, _ = _judged(tmp_path / "small", contract, code(20))
    large, result = _judged(tmp_path / "large", contract, code(80))
    assert result.sites, "nothing was judged"
    assert large < 6 * small


def test_fields_made_of_each_other_are_read_once_for_each_question(tmp_path: Path) -> None:
    made, result = _judged(tmp_path, "no-sockets", _linked_fields(40), at_most=200_000)
    assert result.sites, made


@pytest.mark.parametrize(
    "body",
    [
        "    node = node.next\n    node()\n",
        "    node = node.next.next\n    x.on(node)\n",
        "    table = [table[key] for key in x]\n    table[x]()\n",
        "    table = {k: table[k] for k in x}\n    table[x].run()\n",
    ],
)
def test_names_that_are_given_themselves_end(tmp_path: Path, body: str) -> None:
    code = f"def f(x):\n    getattr(x, 'y')\n{body}"
    made, result = _judged(tmp_path, "written-out", {"m": code}, at_most=100_000)
    assert (result.sites, result.passed) == (1, 1), made


def test_a_computed_name_is_found_behind_names_that_are_given_each_other(tmp_path: Path) -> None:
    code = "def f(x, y):\n    a = b\n    a = a.c\n    b = a\n    b = getattr(x, y)\n    a()\n"
    _, result = _judged(tmp_path, "written-out", {"m": code})
    assert [finding.evidence for finding in result.findings] == ["computed-call"]


def _judged(
    directory: Path, contract: str, modules: Mapping[str, str], at_most: int | None = None
) -> tuple[int, CheckResult]:
    """The calls of Python functions that one contract takes, and what comes of it; more than *at_most* are an error."""
    files = {"contracts/all.yaml": _CONTRACTS, **{f"src/{name}.py": text for name, text in modules.items()}}
    for path, text in files.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text)
    code_base = open_code_base(directory, kinds=catalogue.KINDS, jobs=1)
    wanted = next(one for one in code_base.contracts.contracts if one.id == contract)
    made = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal made
        made += event == "call"
        if at_most is not None and made > at_most:
            raise AssertionError("it does not come to an end")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        result = catalogue.check(wanted, code_base.analysis)
    finally:
        sys.setprofile(before)
    return made, result
