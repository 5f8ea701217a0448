"""A project to run the command on, and two ways to run it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from cli_samples import CODE, RULES, TOPOLOGY, Files, write
from click.testing import CliRunner, Result

from archwright.cli.main import archwright


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A clean project."""
    project = tmp_path / "project"
    write(project, {"contracts/topology.yaml": TOPOLOGY, "contracts/rules.yaml": RULES, **CODE})
    return project


@pytest.fixture
def run(shop: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs the command in the project's directory within this process; *files* are added first."""
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)

    def run(*args: str, files: Files | None = None, cwd: Path | None = None) -> Result:
        write(shop, files or {})
        monkeypatch.chdir(cwd or shop)
        return CliRunner().invoke(archwright, list(args))

    return run


@pytest.fixture
def spawn(shop: Path) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Runs the command as a process of its own, with *env* on top of the environment."""

    def spawn(*args: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
        kept = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"}}
        command = [sys.executable, "-c", "import sys; from archwright.cli.main import main; sys.exit(main())"]
        return subprocess.run(
            [*command, *args], cwd=shop, env={**kept, **(env or {})}, capture_output=True, timeout=120
        )

    return spawn
