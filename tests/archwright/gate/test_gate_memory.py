"""Answers of earlier runs: taken over only where nothing they depend on has changed, and never worth more than a new one."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path
from textwrap import dedent

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archwright.gate import memory as memory_module
from archwright.gate.codebase import open_code_base
from archwright.gate.memory import Memory
from archwright.gate.policy import Policy
from archwright.gate.results import Report
from archwright.gate.run import decide, run
from archwright.verifiers.catalogue import KINDS

FILES = {
    "contracts/topology.yaml": """\
        topology:
          roots: [src]
          cover: "shop.**"
          exclude: ["src/generated/**"]
          layers:
            - {id: API, name: API, modules: "shop.api", contract: "translates"}
            - {id: Drivers, name: Drivers, modules: "shop.drivers", contract: "asks"}
          wiring:
            API: {must_not: Drivers}
            Drivers: {must_not: API}
        contracts:
          - {id: layers, kind: imports, rule: wiring, expect: any, why: "w", fix: "f"}
        """,
    "src/shop/api.py": "import shop.drivers\n",
    "src/shop/drivers.py": "",
}
WAIVER = """\
waivers:
  - {contract: layers, symbol: "shop.api -> shop.drivers", owner: us, reason: "legacy", until: 2026-12-31}
"""
POLICY = Policy(date(2026, 6, 1))


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(dedent(text))
    return tmp_path


def answer(shop: Path, *, cached: bool = True, policy: Policy = POLICY) -> Report:
    return run(shop, cache_dir=shop / "cache" if cached else None, policy=policy)


def stored(shop: Path) -> list[Path]:
    return sorted((shop / "cache").glob("verdicts-*/*.msgpack"))


def test_the_second_answer_is_the_first_and_reads_no_code(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = answer(shop)
    assert first.failed
    monkeypatch.setattr("archwright.gate.codebase.open_code_base", None)
    assert answer(shop) == first
    assert answer(shop) == first


def test_every_change_is_seen(shop: Path) -> None:
    answer(shop)
    code = shop / "src/shop/api.py"
    code.write_text("import json\n")
    assert not answer(shop).failed
    (shop / "src/shop/more.py").write_text("")
    assert answer(shop) == answer(shop, cached=False)
    (shop / "src/shop/more.py").rename(shop / "src/shop/other.py")
    assert answer(shop) == answer(shop, cached=False)
    code.write_text("import shop.drivers\n")
    assert answer(shop).failed
    contracts = shop / "contracts/topology.yaml"
    contracts.write_text(contracts.read_text().replace("API: {must_not: Drivers}", "API: {may: Drivers}"))
    assert not answer(shop).failed


def test_the_suite_itself_is_part_of_the_key(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(shop)
    monkeypatch.setattr(memory_module, "_suite_digest", lambda: "another")
    assert Memory(shop / "cache", shop, sources(shop)).recall() is None
    answer(shop)
    assert [path.parent.name for path in stored(shop)] == ["verdicts-another"]


def test_waivers_are_settled_anew_each_day(shop: Path) -> None:
    (shop / "contracts/waivers.yaml").write_text(WAIVER)
    for _ in range(2):
        assert not answer(shop).failed
        assert answer(shop, policy=Policy(date(2027, 1, 1))).failed
        assert len(answer(shop).suppressed) == 1
    assert answer(shop) == answer(shop, cached=False)


@pytest.mark.parametrize("damage", [b"", b"\xc1garbage", b"\x90", None])
def test_a_damaged_or_unwritable_directory_costs_time_only(shop: Path, damage: bytes | None) -> None:
    expected = answer(shop, cached=False)
    assert answer(shop) == expected
    (path,) = stored(shop)
    if damage is None:
        path.unlink()
        path.parent.rmdir()
        path.parent.write_text("a file where the directory should be")
    else:
        path.write_bytes(damage)
    assert answer(shop) == expected
    assert answer(shop) == expected


def test_code_that_changes_under_the_run_is_not_remembered_as_judged(shop: Path) -> None:
    """The key is made of what was judged, not of what is on disk by then."""
    code_base = open_code_base(shop, kinds=KINDS)
    decided = decide(code_base)
    (shop / "src/shop/api.py").write_text("import json\n")
    Memory(shop / "cache", shop, sources(shop)).remember(code_base, decided)
    assert Memory(shop / "cache", shop, sources(shop)).recall() is None
    assert not answer(shop).failed


def test_what_was_not_decided_is_not_remembered(shop: Path) -> None:
    def crash(contract: object, analysis: object) -> object:
        raise LookupError

    code_base = open_code_base(shop, kinds=KINDS)
    memory = Memory(shop / "cache", shop, sources(shop))
    memory.remember(code_base, decide(code_base, check=crash))  # type: ignore[arg-type]  # it never returns
    assert memory.recall() is None
    assert stored(shop) == []


def test_excluded_files_stay_outside(shop: Path) -> None:
    first = answer(shop)
    (shop / "src/generated").mkdir()
    (shop / "src/generated/x.py").write_text("def (:\n")
    assert answer(shop) == first


def test_a_warm_run_loads_neither_verifiers_nor_yaml(shop: Path) -> None:
    program = (
        "import sys; from archwright.cli.main import main; code = main(); "
        "print(code, sorted(m for m in sys.modules if m in ('libcst', 'sqlglot', 'sqlite3') "
        "or m.startswith(('archwright.verifiers', 'archwright.project', 'archwright.facts'))), file=sys.stderr)"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", program, "check"], cwd=shop, capture_output=True, text=True, check=False
        )
        for _ in range(2)
    ]
    assert runs[0].stdout == runs[1].stdout
    assert "archwright.verifiers" in runs[0].stderr
    assert runs[1].stderr.strip() == "1 []"


_NAMES = ("a", "b")
_TEXTS = ("", "import shop.drivers\n", "def (:\n", "\x00")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(_NAMES), st.sampled_from((None, *_TEXTS))), max_size=6))
def test_with_and_without_memory_the_answer_is_the_same(
    shop: Path, edits: list[tuple[str, str | None]]
) -> None:
    for name, text in edits:
        path = shop / f"src/shop/{name}.py"
        if text is None:
            path.unlink(missing_ok=True)
        else:
            path.write_text(text)
        assert msgspec.json.encode(answer(shop)) == msgspec.json.encode(answer(shop, cached=False))


def sources(shop: Path) -> dict[str, bytes]:
    return {f"contracts/{p.name}": p.read_bytes() for p in sorted((shop / "contracts").iterdir())}
