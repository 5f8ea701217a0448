"""Kill a canary at every step: the database never knows a run whose artifacts are missing or incomplete."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models.costsim import CostSimCanaryReport

DRIVER = Path(__file__).with_name("canary_kill_steps.py")
SRC = Path(__file__).parents[3] / "src"
FILES = ("canary_comparisons.jsonl", "canary_diffs.jsonl", "canary_report.json", "manifest.json")
BEFORE_THE_ROW = [
    *(f"{moment} {name}" for name in FILES for moment in ("before", "within", "renaming", "after")),
    "before insert",
    "after insert",
    "before commit",
    "at commit",
]
WITH_THE_ROW = ["after commit", "none"]


def broken_rows(rows: list[CostSimCanaryReport], root: Path) -> list[str]:
    """Runs in the database whose files are not all there with their checksums; looks at nothing but row and files."""
    broken = []
    for row in rows:
        manifest = row.artifact_manifest or {}
        complete = (
            {Path(path).name for path in row.artifact_paths} == set(FILES)
            and set(manifest) == set(row.artifact_paths)
            and all(
                (root / path).is_file() and hashlib.sha256((root / path).read_bytes()).hexdigest() == digest
                for path, digest in manifest.items()
            )
        )
        if not complete:
            broken.append(row.run_id)
    return broken


@pytest.fixture
def artifacts_root(tmp_path: Path) -> Path:
    return tmp_path / "data" / "costsim_artifacts"


@pytest.fixture
def killed(database_env: str, tmp_path: Path) -> dict[str, tuple[str, int]]:
    """Run the steps; each ends in a killed process of its own. Step -> its tenant and the signal that ended it."""
    done = subprocess.run(
        [sys.executable, str(DRIVER), *BEFORE_THE_ROW, *WITH_THE_ROW],
        cwd=SRC,
        env=os.environ | {"DATABASE_URL": database_env, "HOC_DATA_DIR": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    ended: dict[str, tuple[str, int]] = json.loads(done.stdout)
    return ended


async def test_no_row_without_complete_artifacts_whatever_step_dies(
    killed: dict[str, tuple[str, int]], session: AsyncSession, artifacts_root: Path
) -> None:
    for step, (_, ended_by) in killed.items():
        assert ended_by == (0 if step == "none" else signal.SIGKILL), step

    rows = list(await session.scalars(select(CostSimCanaryReport)))
    assert broken_rows(rows, artifacts_root) == []
    # The sharper statement: until the commit there is no row at all, from then on there is one, and it is whole.
    assert sorted(row.tenant_id for row in rows) == sorted(killed[step][0] for step in WITH_THE_ROW)

    assert_no_torn_files(killed, artifacts_root)

    # And the check would have noticed.
    victim = artifacts_root / rows[0].artifact_paths[0]
    victim.write_bytes(victim.read_bytes()[:-1])
    assert broken_rows(rows, artifacts_root) == [rows[0].run_id]
    victim.unlink()
    assert broken_rows(rows, artifacts_root) == [rows[0].run_id]


def assert_no_torn_files(killed: dict[str, tuple[str, int]], artifacts_root: Path) -> None:
    """A file stands under its final name only when whole, and the manifest only when all others do."""
    for step, (tenant, _) in killed.items():
        moment, _, name = step.partition(" ")
        directories = list((artifacts_root / "canary" / tenant).iterdir())
        assert len(directories) == 1
        present = {path.name for path in directories[0].iterdir() if not path.name.startswith(".")}
        if name in FILES:
            written = FILES.index(name) + (1 if moment == "after" else 0)
            assert present == set(FILES[:written]), step
        else:
            assert present == set(FILES), step
        if "manifest.json" in present:
            manifest = json.loads((directories[0] / "manifest.json").read_text())
            for file, digest in manifest["sha256"].items():
                assert hashlib.sha256((directories[0] / file).read_bytes()).hexdigest() == digest
