"""A waiver from the day it is written to the day it expires, in every format."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from git_project import CLEAN, SHORTCUT, GitProject

WAIVERS = """\
# yaml-language-server: $schema=contracts.schema.json
waivers:
  - contract: layers
    symbol: shop.api.old
    owner: team-orders
    reason: the old client is switched off in September
    until: 2026-09-30
"""


@pytest.fixture
def project(tmp_path: Path) -> GitProject:
    """A repository with a waived violation."""
    made = GitProject(tmp_path)
    made.commit({**CLEAN, "src/shop/api/old.py": SHORTCUT, "contracts/waivers.yaml": WAIVERS})
    return made


def test_until_its_day_it_holds_and_after_that_the_run_fails(project: GitProject) -> None:
    assert project.archwright("check", "--strict", "--today", "2026-09-30").returncode == 0
    done = project.archwright("check", "--today", "2026-10-01")
    assert done.returncode == 1
    assert (
        "contracts/waivers.yaml:3:5: FAIL waivers: the waiver of `layers` for `shop.api.old` has expired: "
        "it held until 2026-09-30" in done.stdout
    )
    assert "src/shop/api/old.py:1:" in done.stdout


def test_the_same_day_gives_the_same_bytes_whatever_the_clock_says(project: GitProject) -> None:
    runs = {project.archwright("check", "--format", "json", "--today", "2026-06-01").stdout for _ in range(2)}
    assert len(runs) == 1


def test_without_a_day_the_clock_decides(project: GitProject) -> None:
    for until, code in (("2020-01-01", 1), ("9999-12-31", 1)):
        project.write({"contracts/waivers.yaml": WAIVERS.replace("2026-09-30", until)})
        assert project.archwright("check").returncode == code


def test_a_day_that_is_none_is_wrong_usage(project: GitProject) -> None:
    done = project.archwright("check", "--today", "tomorrow")
    assert done.returncode == 2
    assert '"tomorrow" is not a day; write it like 2026-12-31' in done.stderr


def test_every_format_shows_it_as_suppressed(project: GitProject, tmp_path: Path) -> None:
    formats = ("text", "json", "sarif", "junit", "markdown")
    outputs = [f"--format={name}={tmp_path / name}" for name in formats]
    done = project.archwright("check", "--today", "2026-06-01", "--format", "github", *outputs)
    assert done.returncode == 0
    texts = {name: (tmp_path / name).read_text() for name in formats}
    assert "1 suppressed" in done.stdout
    assert "src/shop/api/old.py:1:33: waived layers:" in texts["text"]
    assert "(until 2026-09-30 by team-orders: the old client is switched off in September)" in texts["text"]
    (waived,) = msgspec.json.decode(texts["json"])["suppressed"]
    place = waived["suppression"].pop("location")
    assert (place["path"], place["line"], place["column"]) == ("contracts/waivers.yaml", 3, 5)
    assert waived["suppression"] == {
        "by": "waiver",
        "owner": "team-orders",
        "reason": "the old client is switched off in September",
        "until": "2026-09-30",
    }
    (result,) = msgspec.json.decode(texts["sarif"])["runs"][0]["results"]
    assert result["suppressions"][0]["status"] == "accepted"
    assert "suppressed (waiver): src/shop/api/old.py:1:33" in texts["junit"]
    assert "waived until 2026-09-30 by team-orders" in texts["markdown"]


def test_explain_tells_of_it(project: GitProject) -> None:
    text = project.archwright("explain", "layers", "--today", "2026-06-01").stdout
    assert "0 FAIL, 1 suppressed" in text
    assert "waived layers:" in text
    late = project.archwright("explain", "waivers", "--today", "2027-06-01").stdout
    assert "has expired" in late
    none = project.archwright("explain", "baseline")
    assert (none.returncode, "this project has no baseline" in none.stderr) == (2, True)


def test_a_waiver_is_not_recorded_in_the_baseline(project: GitProject) -> None:
    project.write({"src/shop/api/other.py": SHORTCUT})
    assert project.archwright("baseline", "--today", "2026-06-01").returncode == 0
    assert "shop.api.old" not in (project.directory / "contracts/baseline.txt").read_text()
    assert project.found("--today", "2026-06-01") == []
