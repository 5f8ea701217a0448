"""``pytest --archwright``: one item for each contract, and nothing at all without the option."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from git_project import CLEAN, SHORTCUT, TIMEOUT, Done, GitProject

Run = Callable[..., Done]

LAYERS = "contracts/shop.yaml::layers"


@pytest.fixture
def project(tmp_path: Path) -> GitProject:
    """A clean project with a test."""
    made = GitProject(tmp_path / "project")
    made.write(
        {**CLEAN, "pytest.ini": "[pytest]\ntestpaths = tests\n", "tests/test_one.py": "def test_one(): ...\n"}
    )
    return made


OPTIONS = ("-p", "no:cacheprovider", "-p", "no:asyncio", "--color=no")
WITHIN = ("--capture=no", "--import-mode=importlib")
"""What lets a session of pytest run inside another."""


@pytest.fixture
def run(project: GitProject) -> Run:
    """Runs pytest in the project, within this process: most of a small run is starting Python."""

    def run(*arguments: str) -> Done:
        out, err = StringIO(), StringIO()
        with chdir(project.directory), redirect_stdout(out), redirect_stderr(err):
            code = pytest.main([*OPTIONS, *WITHIN, *arguments])
        return Done(int(code), out.getvalue(), err.getvalue())

    return run


def spawn(project: GitProject, *arguments: str) -> Done:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *OPTIONS, *arguments],
        cwd=project.directory,
        env={**project.environment, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def test_each_contract_is_an_item_beside_the_tests(project: GitProject, run: Run) -> None:
    done = run("--archwright", "-v")
    assert done.returncode == 0, done.stdout
    items = [line.split()[0] for line in done.stdout.splitlines() if " PASSED" in line]
    assert items == [
        "tests/test_one.py::test_one",
        "contracts::parse",
        LAYERS,
        "contracts/shop.yaml::resolved",
    ]


def test_a_broken_contract_fails_with_its_report_and_no_traceback(project: GitProject, run: Run) -> None:
    project.write({"src/shop/api/new.py": SHORTCUT})
    done = run("--archwright")
    assert done.returncode == 1
    assert "1 failed, 3 passed" in done.stdout
    assert (
        "src/shop/api/new.py:1:33: FAIL layers: `shop.api.new` (API) must not import Drivers" in done.stdout
    )
    assert "= fix: Ask an engine." in done.stdout
    assert f"FAILED {LAYERS}" in done.stdout
    assert "Traceback" not in done.stdout
    assert "pytest_plugin.py" not in done.stdout


def test_items_are_selected_like_tests_and_run_in_parallel(project: GitProject, run: Run) -> None:
    project.write({"src/shop/api/new.py": SHORTCUT})
    assert "1 passed, 3 deselected" in run("--archwright", "-k", "resolved").stdout
    assert "1 failed, 3 passed" in spawn(project, "--archwright", "-n", "2").stdout


def test_a_warning_fails_only_where_it_is_asked_for(project: GitProject, run: Run) -> None:
    late = "import importlib\n\ndef load(name):\n    return importlib.import_module(name)\n"
    project.write({"src/shop/api/late.py": late})
    assert run("--archwright").returncode == 0
    done = run("--archwright", "--archwright-strict")
    assert done.returncode == 1
    assert "WARN layers:" in done.stdout


def test_contracts_that_cannot_be_used_are_one_item_that_fails(project: GitProject, run: Run) -> None:
    project.write({"contracts/more.yaml": "contracts: [{id: x}]\n"})
    done = run("--archwright")
    assert "1 failed, 1 passed" in done.stdout
    assert "FAILED contracts::configuration" in done.stdout
    assert 'contracts/more.yaml:1:13: contract "x": "kind" is missing' in done.stdout


def test_names_that_do_not_exist_fail_every_contract(project: GitProject, run: Run) -> None:
    project.write(
        {"contracts/shop.yaml": CLEAN["contracts/shop.yaml"].replace("shop.drivers.**", "shop.driver.**")}
    )
    done = run("--archwright")
    assert "3 failed, 1 passed" in done.stdout
    assert 'no module matches "shop.driver.**"' in done.stdout


def test_without_the_option_nothing_of_archwright_is_loaded(project: GitProject, run: Run) -> None:
    test = (
        "import sys\n\ndef test_one():\n"
        "    loaded = {name for name in sys.modules if name.startswith('archwright.')}\n"
        "    assert loaded == {'archwright.cli', 'archwright.cli.pytest_plugin'}\n"
    )
    project.write({"tests/test_one.py": test})
    assert "1 passed" in spawn(project).stdout


def test_waivers_and_baseline_are_items_where_there_are_some(project: GitProject, run: Run) -> None:
    project.write({"src/shop/api/new.py": SHORTCUT})
    assert project.archwright("baseline").returncode == 0
    waiver = "waivers: [{contract: layers, symbol: shop.api.gone, owner: o, reason: r, until: 2020-01-01}]\n"
    project.write({"contracts/waivers.yaml": waiver})
    done = run("--archwright")
    assert "1 failed, 5 passed" in done.stdout
    assert "FAILED contracts::waivers" in done.stdout
    assert "has expired" in done.stdout
