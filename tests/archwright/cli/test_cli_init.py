"""``init``: contracts that hold on the day they are written, and fail for what is new."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cli_samples import Files, write
from click.testing import CliRunner, Result

from archwright.cli.main import archwright

Run = Callable[..., Result]

SHOP: Files = {
    "shop/__init__.py": "",
    "shop/main.py": "from shop import api\n",
    "shop/api/__init__.py": "from shop.api.routes import route\n",
    "shop/api/routes.py": "from shop.engines.place import place\n\n\ndef route():\n    return place()\n",
    "shop/engines/place.py": (
        "from typing import TYPE_CHECKING\n\nfrom shop.drivers import find\n\n"
        "if TYPE_CHECKING:\n    from shop.api import routes\n\n\ndef place():\n    return find()\n"
    ),
    "shop/drivers/__init__.py": "from shop.drivers.query import find\n",
    "shop/drivers/query.py": "def find():\n    return 1\n",
    "tests/test_shop.py": "import shop\n",
}


@pytest.fixture
def begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Files], Run]:
    """A project without contracts, and the command in it."""

    def begin(files: Files) -> Run:
        write(tmp_path, files)
        monkeypatch.chdir(tmp_path)
        return lambda *args: CliRunner().invoke(archwright, list(args))

    return begin


@pytest.mark.parametrize("root", ["", "src/"])
def test_what_is_written_holds_today_and_not_for_what_is_new(
    begin: Callable[[Files], Run], tmp_path: Path, root: str
) -> None:
    run = begin({root + name: text for name, text in SHOP.items()})
    begun = run("init")
    assert (begun.exit_code, begun.stdout) == (
        0,
        "contracts/topology.yaml: 4 layers of shop, wired as they are today\n",
    )
    text = (tmp_path / "contracts" / "topology.yaml").read_text()
    assert f"roots: [{root.strip('/') or '.'}]" in text
    rows = text[text.index("wiring:") : text.index("contracts:")].splitlines()[1:-1]
    assert [row.strip() for row in rows] == [
        "shop: {should: [api]}",
        "api: {should: [engines]}",
        "engines: {should: [drivers]}",
        "drivers: {}",
    ]
    assert run("check", "--strict").exit_code == 0
    write(tmp_path, {f"{root}shop/drivers/audit.py": "def note():\n    from shop.engines import place\n"})
    checked = run("check")
    assert checked.exit_code == 1
    assert "FAIL layer-wiring: `shop.drivers.audit" in checked.stdout
    write(tmp_path, {f"{root}shop/drivers/audit.py": "", f"{root}shop/late.py": "x = 1\n"})
    assert "FAIL every-module-has-a-layer" in run("check").stdout


def test_what_is_imported_through_a_package_is_wired_to_where_it_is(
    begin: Callable[[Files], Run], tmp_path: Path
) -> None:
    run = begin(
        SHOP
        | {
            "shop/api/__init__.py": "from shop.drivers import find\n",
            "shop/jobs/a.py": "from shop.api import find\n",
        }
    )
    assert run("init").exit_code == 0
    assert "jobs: {should: [api, drivers]}" in (tmp_path / "contracts" / "topology.yaml").read_text()
    assert run("check", "--strict").exit_code == 0


def test_cycles_and_missing_modules_are_told_not_hidden(begin: Callable[[Files], Run]) -> None:
    run = begin(
        SHOP
        | {"shop/drivers/query.py": "import shop.engines.place\nimport shop.nowhere\n\n\ndef find(): ...\n"}
    )
    begun = run("init")
    assert begun.exit_code == 0
    assert "2 findings today: `archwright check` shows" in begun.stdout
    checked = run("check")
    assert checked.exit_code == 1
    assert "FAIL no-import-cycles" in checked.stdout
    assert "FAIL imports-resolve" in checked.stdout
    assert "FAIL layer-wiring" not in checked.stdout


def test_a_package_without_packages_is_one_layer(begin: Callable[[Files], Run], tmp_path: Path) -> None:
    run = begin(
        {
            "tool/__init__.py": "",
            "tool/a.py": "from tool import b\n",
            "tool/b.py": "x = 1\n",
            "other/a.py": "y = 1\n",
        }
    )
    begun = run("init")
    assert begun.stdout.splitlines() == [
        "contracts/topology.yaml: 1 layer of tool, wired as they are today",
        "not looked at: other; `--package NAME` begins with another one",
    ]
    assert run("check", "--strict").exit_code == 0
    (tmp_path / "contracts" / "topology.yaml").unlink()
    assert "1 layer of other" in run("init", "--package", "other").stdout


def test_nothing_is_overwritten_and_nothing_is_made_up(begin: Callable[[Files], Run], tmp_path: Path) -> None:
    run = begin({"README": ""})
    refused = run("init")
    assert refused.exit_code == 2
    assert "no Python package in" in refused.stderr
    write(tmp_path, SHOP)
    refused = run("init", "--package", "shopp")
    assert (refused.exit_code, "there are: shop" in refused.stderr) == (2, True)
    assert not (tmp_path / "contracts").exists()
    write(tmp_path, {"contracts/mine.yaml": "contracts: []\n"})
    refused = run("init")
    assert refused.exit_code == 2
    assert "contracts/mine.yaml is there already" in refused.stderr
    assert [path.name for path in (tmp_path / "contracts").iterdir()] == ["mine.yaml"]
