"""How much is done to judge a function grows with the function: twice the code is about twice the work."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

from archwright.gate.codebase import open_code_base
from archwright.verifiers import catalogue

_CONTRACTS = """
topology:
  roots: [src]
  cover: "**"
  layers: [{id: all, name: All, modules: "**", contract: "anything"}]
  wiring: {all: {}}
contracts:
  - id: opened-first
    kind: ordering
    sink: {call: "**.write"}
    dominated_by:
      any:
        - {completed: {call: "**.open"}}
        - {raises_unless: "it is ready", condition: "self.ready and not closed"}
    expect: any
    why: w
    fix: f
  - id: closed-after
    kind: ordering
    sink: {call: "**.write"}
    followed_by: {completed: {call: "**.close"}}
    expect: any
    why: w
    fix: f
"""


def _lambdas(size: int) -> str:
    return "".join(f"h{i} = lambda x, y={i}: x.write(h{i // 2}(y))\n" for i in range(size))


def _managers(size: int) -> str:
    parts = (f"    with x.open({i}) as y{i}:\n        y{i}.write(x)\n" for i in range(size))
    return "def f(x):\n" + "".join(parts)


def _imported(size: int) -> str:
    imports = "".join(f"from m{i} import a{i} as b{i}\n" for i in range(size))
    return f"{imports}def f():\n" + "".join(f"    b{i}.write({i})\n" for i in range(size))


def _coroutines(size: int) -> str:
    first = "import asyncio\nclass File:\n    async def write(self): ...\nasync def f(x: File):\n"
    return first + "".join(
        f"    t{i} = asyncio.create_task(x.write())\n    await t{i}\n" for i in range(size)
    )


def _calls_to_judge(directory: Path, contract: str, code: str) -> int:
    """The calls of Python functions that one contract takes."""
    for path, text in (("contracts/all.yaml", _CONTRACTS), ("src/odd.py", code)):
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text)
    code_base = open_code_base(directory, kinds=catalogue.KINDS, jobs=1)
    wanted = next(one for one in code_base.contracts.contracts if one.id == contract)
    made = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal made
        made += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        result = catalogue.check(wanted, code_base.analysis)
    finally:
        sys.setprofile(before)
    assert result.sites, "nothing was judged"
    return made


@pytest.mark.parametrize("code", [_lambdas, _managers, _imported, _coroutines])
def test_work_before_the_call_grows_with_the_code(tmp_path: Path, code: Callable[[int], str]) -> None:
    small = _calls_to_judge(tmp_path / "small", "opened-first", code(40))
    large = _calls_to_judge(tmp_path / "large", "opened-first", code(160))
    assert large < 6 * small


def test_work_for_lambdas_after_the_call_grows_with_the_code(tmp_path: Path) -> None:
    small = _calls_to_judge(tmp_path / "small", "closed-after", _lambdas(40))
    large = _calls_to_judge(tmp_path / "large", "closed-after", _lambdas(160))
    assert large < 6 * small
