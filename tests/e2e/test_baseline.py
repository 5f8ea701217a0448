"""Adopting archwright on an old code base: the ratchet grows once, shrinks after that, and CI only reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from git_project import CLEAN, SHORTCUT, GitProject

BASELINE = "contracts/baseline.txt"


@pytest.fixture
def old(tmp_path: Path) -> GitProject:
    """A repository with two old violations."""
    project = GitProject(tmp_path)
    project.commit({**CLEAN, "src/shop/api/a.py": SHORTCUT, "src/shop/api/b.py": SHORTCUT})
    return project


def entries(project: GitProject) -> list[str]:
    """Modules the baseline has a finding of."""
    lines = (project.directory / BASELINE).read_text().splitlines()
    return [line.split("|")[2].split(" -> ")[0] for line in lines if not line.startswith("#")]


def test_the_life_of_a_baseline(old: GitProject) -> None:
    assert len(old.found()) == 2
    done = old.archwright("baseline")
    assert (done.returncode, done.stdout) == (0, f"{BASELINE}: 2 findings\n")
    assert entries(old) == ["shop.api.a", "shop.api.b"]
    assert old.found() == []
    assert old.archwright("check", "--strict").stdout.splitlines()[-1].startswith("PASS · ")
    old.commit({})

    # something new fails, and recording it has to be asked for
    old.write({"src/shop/api/c.py": SHORTCUT})
    assert old.found() == ["src/shop/api/c.py"]
    refused = old.archwright("baseline")
    assert (refused.returncode, refused.stdout) == (1, f"{BASELINE}: 2 findings\n")
    assert "src/shop/api/c.py:1:" in refused.stderr
    assert refused.stderr.endswith("1 new finding not recorded; fix them, or say --accept-new\n")
    assert old.git("status", "--porcelain", BASELINE) == ""
    accepted = old.archwright("baseline", "--accept-new")
    assert (accepted.returncode, accepted.stdout) == (0, f"{BASELINE}: 3 findings, 1 new\n")
    assert old.found() == []

    # something put right fails until the smaller baseline is written
    old.write({"src/shop/api/a.py": "import shop.engines.orders\n"})
    (gone,) = old.check()["findings"]
    assert (gone["contract"], gone["evidence"]) == ("baseline", "fixed-finding")
    assert "`layers|forbidden-import|shop.api.a -> shop.drivers.orders` is fixed" in gone["message"]
    assert old.archwright("baseline").stdout == f"{BASELINE}: 2 findings, 1 gone\n"
    assert entries(old) == ["shop.api.b", "shop.api.c"]
    assert old.found() == []

    # shrinking and refusing at once
    old.write({"src/shop/api/b.py": None, "src/shop/api/d.py": SHORTCUT})
    done = old.archwright("baseline")
    assert (done.returncode, done.stdout) == (1, f"{BASELINE}: 1 finding, 1 gone\n")
    assert old.found() == ["src/shop/api/d.py"]

    # an empty baseline stays: deleting it would let the next one grow
    old.write({"src/shop/api/c.py": None, "src/shop/api/d.py": None})
    old.archwright("baseline")
    assert entries(old) == []
    assert old.found() == []


def test_moving_code_about_in_its_file_changes_nothing(old: GitProject) -> None:
    old.archwright("baseline")
    before = (old.directory / BASELINE).read_bytes()
    old.write({"src/shop/api/a.py": f'"""Moved."""\n\n\nif True:\n    {SHORTCUT}'})
    assert old.found() == []
    assert old.archwright("baseline").returncode == 0
    assert (old.directory / BASELINE).read_bytes() == before


def test_in_ci_it_is_read_only(old: GitProject) -> None:
    done = old.archwright("baseline", CI="true")
    assert done.returncode == 2
    assert "in CI the baseline is read-only; run this where you commit" in done.stderr
    assert not (old.directory / BASELINE).exists()


def test_check_never_writes_it(old: GitProject) -> None:
    old.archwright("baseline")
    old.commit({"src/shop/api/a.py": "", "src/shop/api/c.py": SHORTCUT})
    for arguments in ([], ["--strict"], ["--staged"], ["--since", "HEAD"]):
        old.archwright("check", *arguments)
    assert old.git("status", "--porcelain") == ""


def test_what_could_not_be_decided_is_not_recorded(old: GitProject) -> None:
    old.write({"src/shop/api/broken.py": "def f(:\n"})
    done = old.archwright("baseline")
    assert done.returncode == 2
    assert "not everything could be decided, so nothing is recorded" in done.stderr
    assert "src/shop/api/broken.py:1:7: parse:" in done.stderr
    assert not (old.directory / BASELINE).exists()


def test_branches_that_both_shrink_it_merge(old: GitProject) -> None:
    old.write({"src/shop/api/c.py": SHORTCUT, "src/shop/api/d.py": SHORTCUT, "src/shop/api/e.py": SHORTCUT})
    old.archwright("baseline")
    old.commit({})
    for branch, module in (("one", "a"), ("two", "e")):
        old.git("checkout", "--quiet", "-b", branch, "main")
        old.write({f"src/shop/api/{module}.py": None})
        assert old.archwright("baseline").returncode == 0
        old.commit({})
    old.git("merge", "--quiet", "--no-edit", "one")
    assert entries(old) == ["shop.api.b", "shop.api.c", "shop.api.d"]
    assert old.found() == []


def test_lines_left_over_by_a_careless_merge_are_found_and_cleared(old: GitProject) -> None:
    old.archwright("baseline")
    path = old.directory / BASELINE
    text = path.read_text()
    path.write_text(f"<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> other\n")
    done = old.archwright("check")
    assert done.returncode == 2
    assert done.stderr.count("a merge conflict is not resolved") == 3
    path.write_text(text + text)
    assert old.found() == []
    old.archwright("baseline")
    assert path.read_text() == text


def test_a_change_that_puts_something_right_is_told_so(old: GitProject) -> None:
    """The line of the baseline is not part of the change, but that it is left over is."""
    old.archwright("baseline")
    old.commit({})
    old.write({"src/shop/api/a.py": "import shop.engines.orders\n"})
    old.git("add", "--all")
    (finding,) = old.check("--staged")["findings"]
    assert finding["evidence"] == "fixed-finding"
