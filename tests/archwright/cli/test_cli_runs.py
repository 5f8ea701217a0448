"""Separate processes: what a warm run loads, and that nothing but code and contracts decides the answer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_samples import CODE, DYNAMIC, RULES, SHORTCUT, TOPOLOGY, write
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archwright.cli.main import archwright

Run = Callable[..., Result]
Spawn = Callable[..., "subprocess.CompletedProcess[bytes]"]

HEAVY = (
    "libcst",
    "jinja2",
    "rich",
    "asyncio",
    "concurrent.futures",
    "multiprocessing",
    "email.mime",
    "pydantic",
)
LOADED = (
    "import sys; from archwright.cli.main import main; code = main(); "
    f"print(code, [m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
)


def test_a_warm_run_does_not_load_the_parser(shop: Path) -> None:
    loaded = []
    for _ in range(2):
        result = subprocess.run(
            [sys.executable, "-c", LOADED, "check"], cwd=shop, capture_output=True, text=True, timeout=120
        )
        loaded.append(result.stderr.strip())
    assert "'libcst'" in loaded[0]
    assert loaded[1] == "0 []"


def test_an_edit_is_seen(run: Run, shop: Path) -> None:
    assert run("check").exit_code == 0
    path = shop / "src/shop/api/orders.py"
    before = path.stat()
    path.write_text("import shop.drivers.orders\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert run("check").exit_code == 1
    path.write_text(CODE["src/shop/api/orders.py"])
    assert run("check").exit_code == 0


def test_json_is_the_same_bytes_however_it_is_run(spawn: Spawn, shop: Path) -> None:
    write(shop, {**SHORTCUT, **DYNAMIC, "src/shop/api/broken.py": "def f(:\n"})
    cold = spawn("check", "--format", "json", "--no-cache").stdout
    assert cold.count(b'"identity"') == 3
    for seed in ("0", "1", "4711"):
        for args in ([], ["--no-cache"], ["--jobs", "2"], ["--cache-dir", str(shop / "elsewhere")]):
            assert spawn("check", "--format", "json", *args, env={"PYTHONHASHSEED": seed}).stdout == cold


statements = st.sampled_from(
    [
        "import shop.drivers.orders",
        "from shop.engines import orders",
        "from shop.api import *",
        "import importlib; importlib.import_module(__name__ + str(1))",
        "from . import sibling",
        "if True: import sqlalchemy",
        "def f(): from shop.api import orders",
        "class C: pass",
        "x = (",
        "'''text'''",
    ]
)
files = st.dictionaries(
    st.sampled_from(
        [f"src/shop/{layer}/{name}.py" for layer in ("api", "engines", "drivers") for name in "ab"]
    ),
    st.lists(statements, max_size=4).map("\n".join),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(files, min_size=1, max_size=3))
def test_a_cache_that_saw_other_versions_changes_nothing(versions: list[dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        project = Path(directory)
        for version in versions:
            shutil.rmtree(project / "src", ignore_errors=True)
            base = {"contracts/topology.yaml": TOPOLOGY, "contracts/rules.yaml": RULES, **CODE}
            write(project, {**base, **version})
            outputs = [
                CliRunner()
                .invoke(archwright, ["check", "--project", directory, "--format", "json", *args])
                .output
                for args in ([], [], ["--no-cache"])
            ]
            assert outputs[0] == outputs[1] == outputs[2]
            assert '"verdict"' in outputs[0]


@pytest.mark.parametrize("obstacle", ["file", "damaged"])
def test_a_cache_that_cannot_be_used_changes_nothing(run: Run, shop: Path, obstacle: str) -> None:
    expected = run("check", "--no-cache").stdout
    cache = shop / ".archwright_cache"
    if obstacle == "file":
        cache.write_text("in the way")
    else:
        run("check")
        (database,) = cache.glob("facts-*.sqlite")
        database.write_bytes(b"damaged" * 1000)
    result = run("check")
    assert (result.exit_code, result.stdout, result.stderr) == (0, expected, "")


def test_no_cache_writes_nothing(run: Run, shop: Path) -> None:
    run("check", "--no-cache")
    assert not (shop / ".archwright_cache").exists()
