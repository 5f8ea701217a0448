"""A small project of its own: the cache changes nothing, what cannot be parsed hides nothing else, libcst stays out."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from e2e_harness import TIMEOUT, check_json, run_check

CONTRACTS = """
topology:
  roots: [src]
  cover: "shop.**"
  layers:
    - {id: API, name: API, modules: "shop.{domain}.api.**", contract: "translates"}
    - {id: STORE, name: Store, modules: "shop.{domain}.store.**", contract: "keeps"}
    - {id: SHARED, name: Shared, modules: "shop.shared.**", contract: "serves all"}
  wiring:
    API: {should: [STORE], may: [SHARED], domain: same}
    STORE: {may: [SHARED], must_not: [API]}
    SHARED: {must_not: [API, STORE]}
contracts:
  - {id: cover, kind: topology, rule: cover, why: "Every module has a place.", fix: "Move it."}
  - {id: matrix, kind: imports, rule: wiring, why: "Layers.", fix: "Go through the layer."}
  - {id: resolve, kind: imports, rule: resolve, from: {module: "shop.**"}, why: "It must run.", fix: "Correct the name."}
  - id: log-before-save
    kind: ordering
    sink: {call: "shop.orders.store.save"}
    dominated_by: {completed: {call: "shop.shared.log.record"}}
    why: "What is saved is logged first."
    fix: "Record it first."
"""

FILES = {
    # No __init__.py anywhere: shop and everything in it are namespace packages.
    "shop/orders/api.py": """\
from shop.orders import store
from shop.shared.log import record


def order(item):
    record(item)
    store.save(item)
""",
    "shop/orders/store.py": "def save(item):\n    return item\n",
    "shop/stock/api.py": """\
def reserve(item):
    from ..orders.store import save

    return save(item)
""",
    "shop/stock/store.py": """\
import importlib


def load(name):
    return importlib.import_module(name)
""",
    "shop/shared/log.py": "def record(item):\n    print(item)\n",
}

FINDINGS = {
    ("matrix", "FAIL", "src/shop/stock/api.py", 2),
    ("log-before-save", "FAIL", "src/shop/stock/api.py", 4),
    ("matrix", "WARN", "src/shop/stock/store.py", 5),
    ("resolve", "WARN", "src/shop/stock/store.py", 5),
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "shop.yaml").write_text(CONTRACTS)
    return tmp_path


def found(report: Any) -> set[tuple[str, str, str, int]]:
    return {
        (f["contract"], f["verdict"], f["location"]["path"], f["location"]["line"])
        for f in report["findings"]
    }


def test_namespace_packages_are_governed(shop: Path) -> None:
    report = check_json(shop)
    assert found(report) == FINDINGS
    assert report["files"] == {"found": 5, "unreadable": 0}
    sites = {contract["id"]: contract["sites"] for contract in report["contracts"]}
    assert all(sites.values()), sites
    assert (sites["cover"], sites["log-before-save"]) == (5, 2)


def test_a_file_that_cannot_be_parsed_hides_nothing_else(shop: Path) -> None:
    (shop / "src/shop/orders/broken.py").write_text("def f(:\n")
    report = check_json(shop)
    broken = {f for f in found(report) if f[2] == "src/shop/orders/broken.py"}
    assert ("parse", "FAIL", "src/shop/orders/broken.py", 1) in broken
    assert found(report) - broken == FINDINGS
    assert report["files"] == {"found": 6, "unreadable": 1}
    assert run_check(shop).returncode == 1


def test_the_second_run_does_not_import_libcst(shop: Path) -> None:
    code = (
        "import json, sys; from archwright.cli.main import main; "
        "code = main(['check', '--quiet', '--format', 'json=report.json']); "
        "print(json.dumps({'code': code, 'libcst': sorted(m for m in sys.modules if m.split('.')[0] == 'libcst')}))"
    )

    def run() -> Any:
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=shop,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=True,
        )
        return json.loads(done.stdout.splitlines()[-1])

    cold, warm = run(), run()
    assert cold["libcst"], "a cold run parses; otherwise this test shows nothing"
    assert warm == {"code": 1, "libcst": []}
    (shop / "src/shop/orders/store.py").write_text("def save(item):\n    return [item]\n")
    assert run()["libcst"], "an edited file is parsed again"
    assert run()["libcst"] == []


def test_same_bytes_with_and_without_cache_in_any_order(
    shop: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    def output(project: Path, *options: str, seed: str = "0") -> bytes:
        done = run_check(project, "--format", "json", *options, PYTHONHASHSEED=seed)
        assert done.returncode == 1
        assert done.stderr == b""
        return done.stdout

    cold = output(shop)
    warm = output(shop)
    bare = output(shop, "--no-cache", seed="1")
    seeded = output(shop, seed="4242")
    assert cold == warm == bare == seeded
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "a much longer name of a directory"
    shutil.copytree(shop, elsewhere, ignore=shutil.ignore_patterns(".archwright_cache"))
    assert output(elsewhere) == cold
    assert not (elsewhere / "src/shop/__pycache__").exists(), "the code under test was imported"


def test_no_cache_writes_nothing(shop: Path) -> None:
    before = sorted(shop.rglob("*"))
    run_check(shop, "--no-cache")
    assert sorted(shop.rglob("*")) == before


def test_an_edit_and_its_undoing(shop: Path) -> None:
    before = check_json(shop)
    api = shop / "src/shop/stock/api.py"
    kept = api.read_text()
    api.write_text("from shop.stock import store\n\n\ndef reserve(item):\n    return store.load(item)\n")
    fixed = check_json(shop)
    assert {f for f in found(fixed) if f[1] == "FAIL"} == set()
    assert run_check(shop).returncode == 0
    assert run_check(shop, "--strict").returncode == 1
    api.write_text(kept)
    assert check_json(shop) == before
