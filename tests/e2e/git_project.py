"""A small shop in a real git repository, and the command run in it as its users run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import chdir
from pathlib import Path
from typing import Any, NamedTuple

from click.testing import CliRunner

from archwright.cli.main import archwright

SCRIPTS = Path(sys.executable).parent
TIMEOUT = 120

CONTRACTS = """\
topology:
  roots: src
  cover: "shop.**"
  layers:
    - {id: API, name: API, modules: "shop.api.**", contract: "translates"}
    - {id: Engines, name: Engines, modules: "shop.engines.**", contract: "decides"}
    - {id: Drivers, name: Drivers, modules: "shop.drivers.**", contract: "asks the database"}
  wiring:
    API: {should: Engines, must_not: Drivers}
    Engines: {should: Drivers, must_not: API}
    Drivers: {must_not: [API, Engines]}
contracts:
  - {id: layers, kind: imports, rule: wiring, why: "One layer at a time.", fix: "Ask an engine."}
  - {id: resolved, kind: imports, rule: resolve, from: {module: "shop.**"}, why: "It must load.", fix: "Name what exists."}
"""

CLEAN = {
    "contracts/shop.yaml": CONTRACTS,
    ".gitignore": ".archwright_cache/\n",
    "src/shop/api/orders.py": "import shop.engines.orders\n",
    "src/shop/engines/orders.py": "from shop.drivers.orders import find\n",
    "src/shop/drivers/orders.py": "def find(): ...\n",
}
SHORTCUT = "from shop.drivers.orders import find\n"
"""What no module of the API may say."""


class Done(NamedTuple):
    """What a command said."""

    returncode: int
    stdout: str
    stderr: str


class GitProject:
    """A repository with a project in it, perhaps not at its top."""

    def __init__(self, repository: Path, below: str = "") -> None:
        self.repository = repository
        self.directory = repository / below
        self.directory.mkdir(parents=True, exist_ok=True)
        self.environment = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith("GIT_")
            and key not in {"CI", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "FORCE_COLOR"}
        } | {
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_AUTHOR_NAME": "a",
            "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "a",
            "GIT_COMMITTER_EMAIL": "a@example.org",
            "NO_COLOR": "1",
        }
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, check: bool = True) -> str:
        """Runs git at the top of the repository."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.repository,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        assert not check or done.returncode == 0, done.stderr
        return done.stdout

    def write(self, files: dict[str, str | None]) -> None:
        """Writes files of the project; None deletes one."""
        for path, text in files.items():
            target = self.directory / path
            if text is None:
                target.unlink()
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")

    def commit(self, files: dict[str, str | None]) -> str:
        """Writes files and commits everything; returns the commit's id."""
        self.write(files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "x")
        return self.git("rev-parse", "HEAD").strip()

    def archwright(self, *arguments: str, **environment: str) -> Done:
        """Runs ``archwright`` in the project: in this process, because most of a small run is starting Python."""
        wanted = {**self.environment, **environment}
        change = {**dict.fromkeys(set(os.environ) - set(wanted)), **wanted}
        with chdir(self.directory):
            result = CliRunner().invoke(archwright, arguments, env=change)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Done(result.exit_code, result.stdout, result.stderr)

    def check(self, *arguments: str) -> Any:
        """The JSON report of ``archwright check``."""
        done = self.archwright("check", "--format", "json", *arguments)
        assert done.returncode in (0, 1), done.stdout + done.stderr
        report = json.loads(done.stdout)
        assert report["failed"] == bool(done.returncode)
        return report

    def found(self, *arguments: str) -> list[str]:
        """Paths of the findings that count."""
        return [finding["location"]["path"] for finding in self.check(*arguments)["findings"]]
