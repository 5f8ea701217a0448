"""``--staged`` and ``--since`` on real repositories: whole-tree verdicts, only what the change touches is reported."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from git_project import CLEAN, CONTRACTS, SCRIPTS, SHORTCUT, GitProject

OLD = "src/shop/api/old.py"
NEW = "src/shop/api/new.py"
LOOSE = CONTRACTS.replace("API: {should: Engines, must_not: Drivers}", "API: {may: [Drivers, Engines]}")


@pytest.fixture(params=["", "back/end"], ids=["at the top", "below the top"])
def project(tmp_path: Path, request: pytest.FixtureRequest) -> GitProject:
    """A repository with an old violation."""
    made = GitProject(tmp_path / "repository", request.param)
    made.commit({**CLEAN, OLD: SHORTCUT})
    return made


@pytest.fixture
def top(tmp_path: Path) -> GitProject:
    """The same, the project at the top."""
    made = GitProject(tmp_path / "repository")
    made.commit({**CLEAN, OLD: SHORTCUT})
    return made


def test_staged_reports_what_the_change_touches_and_nothing_else(project: GitProject) -> None:
    assert project.found() == [OLD]
    assert project.found("--staged") == []
    project.write({NEW: SHORTCUT})
    assert project.found("--staged") == []
    project.git("add", "--all")
    report = project.check("--staged")
    assert [f["location"]["path"] for f in report["findings"]] == [NEW]
    assert report["scope"] == {"change": "staged", "files": 1, "outside": 1}
    assert report["files"]["found"] == 5, "the verdict rests on all files"


def test_an_old_violation_in_a_file_the_change_touches_is_reported(project: GitProject) -> None:
    project.write({OLD: f"{SHORTCUT}LIMIT = 3\n"})
    assert project.found("--since", "HEAD") == [OLD]
    assert project.found("--staged") == []
    project.git("add", "--all")
    assert project.found("--staged") == [OLD]


def test_the_paths_git_gives_its_hooks_are_understood_from_elsewhere(project: GitProject) -> None:
    """They are relative to where git was called, which is not where the project is."""
    project.write({NEW: SHORTCUT})
    project.git("add", "--all")
    where = ("--project", str(project.directory.relative_to(project.repository)))
    project.directory, below = project.repository, project.directory
    given = {"GIT_DIR": ".git", "GIT_INDEX_FILE": ".git/index", "GIT_WORK_TREE": "."}
    done = project.archwright("check", "--staged", *where, **given)
    project.directory = below
    assert f"{NEW}:1:33: FAIL layers:" in done.stdout
    assert done.returncode == 1


def test_staged_is_the_content_of_the_index_not_of_the_working_tree(top: GitProject) -> None:
    top.write({NEW: SHORTCUT, "src/shop/api/other.py": "import shop.engines.orders\n"})
    top.git("add", "--all")
    # The working tree is the other way round: what is bad in the index is good there, what is good is bad.
    top.write(
        {
            NEW: "import shop.engines.orders\n",
            "src/shop/api/other.py": SHORTCUT,
            "src/shop/api/untracked.py": SHORTCUT,
        }
    )
    assert top.found("--staged") == [NEW]
    top.write({NEW: None})
    assert top.found("--staged") == [NEW]
    shown = top.archwright("check", "--staged").stdout
    assert f"1 │ {SHORTCUT}" in shown, "source lines come from the index, too"


def test_staged_takes_contracts_from_the_index(top: GitProject) -> None:
    top.write({"contracts/shop.yaml": LOOSE})
    assert top.found() == []
    assert top.check("--staged")["scope"]["outside"] == 1
    top.git("add", "--all")
    assert top.check("--staged")["scope"]["outside"] == 0


def test_a_stricter_contract_is_reported_for_code_that_is_as_it_was(top: GitProject) -> None:
    top.commit({"contracts/shop.yaml": LOOSE})
    assert top.found() == []
    top.write({"contracts/shop.yaml": CONTRACTS})
    top.git("add", "--all")
    assert top.found("--staged") == [OLD]


def test_a_contract_that_now_fails_where_it_warned_is_reported(top: GitProject) -> None:
    top.commit({"contracts/shop.yaml": CONTRACTS.replace("id: layers,", "id: layers, severity: warn,")})
    top.write({"contracts/shop.yaml": CONTRACTS})
    top.git("add", "--all")
    assert top.found("--staged") == [OLD]
    top.git("commit", "--quiet", "--message", "x")
    top.write({"contracts/shop.yaml": CONTRACTS.replace("id: layers,", "id: layers, severity: warn,")})
    assert top.found("--since", "HEAD") == [], "what is judged more mildly is not news"


def test_taking_away_what_suppressed_a_finding_is_reported(top: GitProject) -> None:
    waivers = "waivers: [{contract: layers, symbol: shop.api.old, owner: o, reason: r, until: 2026-09-30}]\n"
    top.commit({"contracts/waivers.yaml": waivers})
    day = ("--today", "2026-06-01")
    assert top.found(*day) == []
    assert top.check("--staged", *day)["suppressed"] == [], "the change has nothing to do with it"
    top.write({"contracts/waivers.yaml": None})
    top.git("add", "--all")
    assert top.found("--staged", *day) == [OLD]
    top.git("commit", "--quiet", "--message", "x")
    top.archwright("baseline")
    top.commit({})
    top.git("rm", "--quiet", "contracts/baseline.txt")
    assert top.found("--staged") == [OLD]


def test_a_violation_in_an_unchanged_file_that_the_change_brings_about_is_reported(top: GitProject) -> None:
    top.write({"src/shop/drivers/orders.py": "def search(): ...\n"})
    top.git("add", "--all")
    assert top.found("--staged") == ["src/shop/api/old.py", "src/shop/engines/orders.py"]
    # the old shortcut itself is known from before, that its import leads nowhere is new
    assert {f["contract"] for f in top.check("--staged")["findings"]} == {"resolved"}


def test_a_renamed_file_is_touched_under_its_new_name(project: GitProject) -> None:
    project.git("mv", str(project.directory / OLD), str(project.directory / NEW))
    assert project.found("--staged") == [NEW]
    project.git("commit", "--quiet", "--message", "renamed")
    assert project.found("--since", "HEAD~1") == [NEW]
    assert project.found("--since", "HEAD") == []


def test_deleting_what_others_import_is_reported_at_the_importers(top: GitProject) -> None:
    top.commit({"src/shop/engines/stock.py": "import shop.drivers.orders\n"})
    top.git("rm", "--quiet", "src/shop/engines/orders.py")
    (finding,) = top.check("--staged")["findings"]
    assert (finding["contract"], finding["location"]["path"]) == ("resolved", "src/shop/api/orders.py")


def test_since_compares_the_working_tree_with_where_the_branches_parted(project: GitProject) -> None:
    project.git("checkout", "--quiet", "-b", "work")
    project.commit({NEW: SHORTCUT})
    project.git("checkout", "--quiet", "main")
    project.commit({"src/shop/api/theirs.py": SHORTCUT})
    project.git("checkout", "--quiet", "work")
    project.write({"src/shop/api/untracked.py": SHORTCUT})
    assert sorted(project.found("--since", "main")) == [NEW, "src/shop/api/untracked.py"]
    assert project.check("--since", "main")["scope"] == {"change": "since main", "files": 2, "outside": 1}


def test_nothing_committed_yet(tmp_path: Path) -> None:
    project = GitProject(tmp_path)
    project.write({**CLEAN, NEW: SHORTCUT})
    project.git("add", "--all")
    assert project.found("--staged") == [NEW]


def test_names_of_any_kind(top: GitProject) -> None:
    name = 'src/shop/api/größe "x"\n.py'
    top.write({name: SHORTCUT})
    top.git("add", "--all")
    assert name in top.found("--staged")


def test_as_a_hook_of_git_itself(project: GitProject) -> None:
    """Git sets GIT_DIR and GIT_INDEX_FILE for hooks; a commit of named files has an index of its own."""
    where = os.path.relpath(project.directory, project.repository)
    hook = project.repository / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ncd '{where}' || exit 9\nexec '{SCRIPTS}/archwright' check --staged\n")
    hook.chmod(0o755)
    project.write({NEW: SHORTCUT, "src/shop/api/fine.py": "import shop.engines.orders\n"})
    project.git("add", "--all")
    fine = str(project.directory / "src/shop/api/fine.py")
    project.git("commit", "--quiet", "--message", "only the good one", "--", fine)
    project.git("commit", "--quiet", "--message", "the bad one", check=False)
    assert project.git("log", "--format=%s").splitlines() == ["only the good one", "x"]
    project.write({NEW: "import shop.engines.orders\n"})
    project.git("commit", "--quiet", "--all", "--message", "put right")
    assert project.git("log", "-1", "--format=%s").strip() == "put right"


def test_outside_git_it_says_so_in_every_format(tmp_path: Path) -> None:
    project = GitProject(tmp_path / "repository")
    project.write(dict(CLEAN))
    (project.repository / ".git").rename(tmp_path / "elsewhere")
    formats = ("json", "sarif", "junit", "github", "markdown")
    outputs = [f"--format={name}={tmp_path / name}" for name in formats]
    done = project.archwright("check", "--staged", *outputs)
    assert done.returncode == 2
    assert ".: is not in a git working tree\n  hint: check without --staged and --since\n" in done.stderr
    for name in formats:
        assert "is not in a git working tree" in (tmp_path / name).read_text(), name


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--since", "nowhere"], 'no revision "nowhere"'),
        (["--since", "--all"], 'no revision "--all"'),
        (["--since", ""], 'no revision ""'),
        (["--since", "island"], '"island" and HEAD have no common commit'),
        (["--since", "main", "--staged"], "--staged and --since exclude each other"),
    ],
)
def test_what_git_cannot_answer_is_an_error(top: GitProject, arguments: list[str], said: str) -> None:
    top.git("checkout", "--quiet", "--orphan", "island")
    top.git("commit", "--quiet", "--message", "island")
    top.git("checkout", "--quiet", "main")
    done = top.archwright("check", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_an_unresolved_conflict_is_an_error(top: GitProject) -> None:
    top.git("checkout", "--quiet", "-b", "other")
    top.commit({OLD: "x = 1\n"})
    top.git("checkout", "--quiet", "main")
    top.commit({OLD: "x = 2\n"})
    top.git("merge", "other", check=False)
    done = top.archwright("check", "--staged")
    assert done.returncode == 2
    assert f"the index has unmerged files: {OLD}" in done.stderr


def test_contracts_that_are_not_in_the_index(tmp_path: Path) -> None:
    project = GitProject(tmp_path)
    project.write(dict(CLEAN))
    project.git("add", "src")
    done = project.archwright("check", "--staged")
    assert done.returncode == 2
    assert done.stderr.startswith("contracts: is not in git's index\n  hint: git add contracts\n")


def test_nothing_is_left_behind_and_nothing_is_touched(top: GitProject, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    top.write({NEW: SHORTCUT})
    before = top.git("status", "--porcelain"), top.git("ls-files", "--stage")
    top.archwright("check", "--staged", TMPDIR=str(scratch))
    top.archwright("check", "--since", "HEAD", TMPDIR=str(scratch))
    assert (top.git("status", "--porcelain"), top.git("ls-files", "--stage")) == before
    assert list(scratch.iterdir()) == []
