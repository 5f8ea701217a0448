"""The wheel: what is in it, and that it works installed by itself in a fresh environment."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 300

CONTRACTS = """
topology:
  roots: [src]
  cover: "tiny.**"
  layers:
    - {id: TOP, name: Top, modules: "tiny.top", contract: "uses"}
    - {id: LOW, name: Low, modules: "tiny.low", contract: "serves"}
  wiring: {TOP: {should: [LOW]}, LOW: {must_not: [TOP]}}
contracts:
  - {id: matrix, kind: imports, rule: wiring, why: "Layers.", fix: "Turn the import round."}
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--disable-pip-version-check"]
    subprocess.run([*command, "--wheel-dir", str(directory), str(ROOT)], check=True, timeout=TIMEOUT)
    (built,) = directory.glob("*.whl")
    return built


def test_holds_the_suite_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        described = next(name for name in names if name.endswith(".dist-info/METADATA"))
        text = archive.read(described).decode()
    info = described.rpartition("/")[0]
    code = {name for name in names if not name.startswith(f"{info}/")}
    assert {name.partition("/")[0] for name in code} == {"archwright"}
    on_disk = {
        path.relative_to(ROOT / "verifiers").as_posix()
        for path in (ROOT / "verifiers/archwright").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert code == on_disk
    assert "archwright/py.typed" in code
    own = {name.removeprefix(f"{info}/") for name in names} - code
    assert own == {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}
    assert "License-Expression: Apache-2.0" in text
    assert "Requires-Python: >=3.11" in text


def test_works_in_an_environment_of_its_own(wheel: Path, tmp_path: Path) -> None:
    """Nothing of this checkout is importable there; what the wheel depends on is taken from this environment."""
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=False, symlinks=True)
    python = environment / "bin" / "python"
    target = next((environment / "lib").glob("python*/site-packages"))
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps"]
    subprocess.run(
        [*install, "--no-index", "--disable-pip-version-check", str(wheel)], check=True, timeout=TIMEOUT
    )
    _lend_dependencies(target)
    project = _tiny_project(tmp_path / "project")
    command = [str(environment / "bin" / "archwright"), "check"]
    clean = {"PATH": "/usr/bin:/bin", "NO_COLOR": "1"}

    def check() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=project, env=clean, capture_output=True, text=True, timeout=TIMEOUT, check=False
        )

    broken = check()
    assert (broken.returncode, broken.stderr) == (1, "")
    assert "src/tiny/low.py:1:" in broken.stdout
    (project / "src/tiny/low.py").write_text("VALUE = 1\n")
    fixed = check()
    assert (fixed.returncode, fixed.stderr) == (0, "")
    where = [str(python), "-c", "import archwright; print(archwright.__file__)"]
    home = subprocess.run(
        where, cwd=project, env=clean, capture_output=True, text=True, timeout=TIMEOUT, check=True
    )
    assert Path(home.stdout.strip()).is_relative_to(target)


def _lend_dependencies(target: Path) -> None:
    """Links to the installed packages that the wheel declares: the network is not part of this test."""
    pending = [Requirement("archwright")]
    seen: set[str] = set()
    while pending:
        name = canonicalize_name(pending.pop().name)
        if name in seen:
            continue
        seen.add(name)
        distribution = metadata.distribution(name)
        requirements = map(Requirement, distribution.requires or ())
        pending += [r for r in requirements if r.marker is None or r.marker.evaluate({"extra": ""})]
        for top in {file.parts[0] for file in distribution.files or ()} - {"..", "__pycache__"}:
            if name != "archwright" and not (target / top).exists():
                (target / top).symlink_to(str(distribution.locate_file(top)))


def _tiny_project(directory: Path) -> Path:
    (directory / "src/tiny").mkdir(parents=True)
    (directory / "contracts").mkdir()
    (directory / "contracts/tiny.yaml").write_text(CONTRACTS)
    (directory / "src/tiny/top.py").write_text("from tiny import low\n")
    (directory / "src/tiny/low.py").write_text("from tiny import top\n")
    return directory
