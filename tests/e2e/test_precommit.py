"""The published hooks, run by pre-commit itself in a repository of somebody else; our own; and the GitHub action's script."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml
from git_project import CLEAN, SCRIPTS, SHORTCUT, GitProject

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 300


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> GitProject:
    """This checkout as a repository that others take hooks from."""
    made = GitProject(tmp_path_factory.mktemp("published"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, made.directory / name)
    shutil.copytree(
        ROOT / "verifiers", made.directory / "verifiers", ignore=shutil.ignore_patterns("__pycache__")
    )
    made.commit({})
    return made


@pytest.fixture(scope="module")
def user(published: GitProject, tmp_path_factory: pytest.TempPathFactory) -> GitProject:
    """A clean project that uses the hooks."""
    made = GitProject(tmp_path_factory.mktemp("user"))
    revision = published.git("rev-parse", "HEAD").strip()
    hooks = [{"id": "archwright-check", "args": ["--strict"]}, {"id": "archwright-docs"}]
    config = {"repos": [{"repo": str(published.repository), "rev": revision, "hooks": hooks}]}
    made.write({**CLEAN, ".pre-commit-config.yaml": yaml.safe_dump(config)})
    # The hooks are installed without a network: pip takes nothing but the checkout, builds it with the hatchling of
    # this environment, and what archwright depends on is lent from here, too. All else is as on any machine.
    made.environment |= {
        "PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit")),
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONPATH": _lent(tmp_path_factory.mktemp("lent")),
        "VIRTUALENV_NO_DOWNLOAD": "1",
    }
    made.archwright("docs")
    made.commit({})
    return made


def _lent(directory: Path) -> str:
    """All packages of this environment but archwright, which must come from the hook's own."""
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if "archwright" not in entry.name and entry.suffix != ".pth":
            (directory / entry.name).symlink_to(entry)
    return str(directory)


def run_hooks(project: GitProject, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "--color=never", *arguments],
        cwd=project.directory,
        env=project.environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


def test_the_hooks_in_somebody_elses_repository(user: GitProject) -> None:
    done = run_hooks(user, "--all-files")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split(".")[0] for line in done.stdout.splitlines() if line.endswith("Passed")] == [
        "archwright check",
        "archwright docs",
    ]

    # a violation stops a commit, and the page about it is stale
    user.write({"src/shop/api/new.py": SHORTCUT})
    user.git("add", "--all")
    done = run_hooks(user)
    assert done.returncode == 1
    assert (
        "src/shop/api/new.py:1:33: FAIL layers: `shop.api.new` (API) must not import Drivers" in done.stdout
    )
    assert "pages are not as they would be written: run archwright docs" in done.stdout

    # what is not staged does not count: pre-commit puts it aside
    user.write({"src/shop/api/new.py": "import shop.engines.orders\n"})
    assert run_hooks(user, "archwright-check").returncode == 1
    user.git("add", "--all")
    assert run_hooks(user, "archwright-check").returncode == 0

    # the hooks decide about all files, whatever is staged
    user.git("commit", "--quiet", "--no-verify", "--message", "x")
    user.commit({"src/shop/api/old.py": SHORTCUT})
    user.write({"src/shop/api/other.py": "import shop.engines.orders\n"})
    user.git("add", "--all")
    assert "src/shop/api/old.py" in run_hooks(user, "archwright-check").stdout

    # a file the hooks have no business with does not start them
    user.commit({"src/shop/api/old.py": None})
    user.write({"picture.svg": "<svg/>\n"})
    user.git("add", "--all")
    assert "Skipped" in run_hooks(user, "archwright-check").stdout


def test_installed_as_a_hook_it_refuses_the_commit(user: GitProject) -> None:
    subprocess.run(
        [sys.executable, "-m", "pre_commit", "install"],
        cwd=user.directory,
        env=user.environment,
        check=True,
        capture_output=True,
    )
    before = user.git("rev-parse", "HEAD")
    user.write({"src/shop/api/bad.py": SHORTCUT})
    user.git("add", "--all")
    user.git("commit", "--message", "bad", check=False)
    assert user.git("rev-parse", "HEAD") == before
    user.write({"src/shop/api/bad.py": None})
    user.git("add", "--all")


def test_our_own_hooks_run_what_we_publish() -> None:
    hooks = {hook["id"]: hook for hook in read(".pre-commit-hooks.yaml")}
    assert set(hooks) == {"archwright-check", "archwright-docs"}
    (repository,) = read(".pre-commit-config.yaml")["repos"]
    own = {hook["id"]: hook for hook in repository["hooks"]}
    for name, hook in hooks.items():
        assert own[name]["entry"].startswith(f".venv/bin/{hook['entry']}")
        for key in ("types_or", "pass_filenames", "require_serial"):
            assert own[name][key] == hook[key], (name, key)


def test_our_own_configuration_is_one() -> None:
    for command, name in (
        ("validate-config", ".pre-commit-config.yaml"),
        ("validate-manifest", ".pre-commit-hooks.yaml"),
    ):
        subprocess.run(
            [sys.executable, "-m", "pre_commit", command, str(ROOT / name)], check=True, timeout=TIMEOUT
        )


class TestAction:
    """``action.yml``: its shell is run as a runner would, with the inputs in the environment."""

    def run(self, checkout: GitProject, temp: Path, **inputs: str) -> tuple[int, str, str]:
        action = read("action.yml")
        step = next(s for s in action["runs"]["steps"] if s.get("name") == "archwright check")
        given = {name: value.get("default", "") for name, value in action["inputs"].items()} | inputs
        environment = {
            key: text.replace("${{ inputs.", "").replace(" }}", "") for key, text in step["env"].items()
        }
        values = {key: given[name] for key, name in environment.items()}
        (temp / "archwright").mkdir(parents=True, exist_ok=True)
        if not (temp / "archwright/bin").exists():
            (temp / "archwright/bin").symlink_to(SCRIPTS)
        summary = temp / "summary.md"
        summary.unlink(missing_ok=True)
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
            cwd=checkout.repository,
            env={
                **checkout.environment,
                **values,
                "GITHUB_WORKSPACE": str(checkout.repository),
                "RUNNER_TEMP": str(temp),
                "GITHUB_STEP_SUMMARY": str(summary),
                "GITHUB_ACTIONS": "true",
            },
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr, summary.read_text() if summary.exists() else ""

    @pytest.fixture
    def project(self, tmp_path: Path) -> GitProject:
        made = GitProject(tmp_path / "checkout", "back end")
        made.commit(dict(CLEAN))
        return made

    def test_annotates_and_summarises(self, project: GitProject, tmp_path: Path) -> None:
        temp = tmp_path / "temp"
        code, text, summary = self.run(project, temp, project="back end")
        assert (code, summary.splitlines()[0]) == (0, "## archwright: PASS")
        assert text.startswith("::notice title=archwright%3A PASS::PASS · ")
        project.write({"src/shop/api/new.py": SHORTCUT})
        outputs = {"sarif": str(temp / "out.sarif")}
        code, text, summary = self.run(
            project, temp, project="back end", strict="true", since="HEAD", **outputs
        )
        assert code == 1
        assert "::error file=back end/src/shop/api/new.py,line=1," in text
        assert "- **FAIL** `src/shop/api/new.py:1:33`" in summary
        assert all(Path(path).stat().st_size for path in outputs.values())
        uri = '"uri": "back%20end/src/shop/api/new.py"'
        assert uri in Path(outputs["sarif"]).read_text()
        project.write({"contracts/more.yaml": "contract: []\n"})
        code, text, summary = self.run(project, temp, project="back end", strict="true", since="HEAD")
        assert code == 2
        assert text.startswith("::error file=back end/contracts/more.yaml,line=1,col=1,")
        assert summary.startswith("## archwright: ERROR")

    def test_an_input_is_never_run(self, project: GitProject, tmp_path: Path) -> None:
        hostile = f'"; touch {tmp_path}/owned; echo $(touch {tmp_path}/owned) `touch {tmp_path}/owned`'
        for name in ("project", "strict", "since", "sarif"):
            self.run(project, tmp_path / "temp", **{"project": "back end", name: hostile})
        assert not (tmp_path / "owned").exists()

    def test_no_script_contains_an_expression(self) -> None:
        for step in read("action.yml")["runs"]["steps"]:
            assert "${{" not in step.get("run", "")


def test_wrong_contracts_are_annotated_and_summarised(tmp_path: Path) -> None:
    project = GitProject(tmp_path / "project")
    project.write({**CLEAN, "contracts/more.yaml": "contract: []\n"})
    summary = tmp_path / "summary.md"
    done = project.archwright("check", "--format", "github", GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == 2
    assert done.stdout.startswith("::error file=contracts/more.yaml,line=1,col=1,")
    assert summary.read_text().startswith("## archwright: ERROR\n")
    project.archwright("check", "--format", "json", GITHUB_STEP_SUMMARY=str(summary))
    assert summary.read_text().count("##") == 1, "only where annotations were asked for"
    assert os.environ.get("GITHUB_STEP_SUMMARY") != str(summary)
