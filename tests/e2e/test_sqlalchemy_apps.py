"""Applications with SQLAlchemy inside, under contracts on effects, storage and reads.

Optuna is installed with the development tools; what is found in it is what reading it finds. Prefect and MLflow are large and
never installed: `make wheels` downloads the wheels that wheels.txt pins, and the parts looked at are unpacked from them. Without
them these tests are skipped, unless ARCHWRIGHT_WHEELS=required is set, as CI does. What fails is written in findings.txt beside
the contracts.
"""

from __future__ import annotations

import os
import shutil
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from e2e_harness import HERE

from archwright.gate.codebase import open_code_base
from archwright.model import CheckResult, Outcome
from archwright.verifiers.catalogue import KINDS, check

RDB = "optuna.storages._rdb"
FOUND: dict[str, set[tuple[str, str]]] = {
    "sql-stays-in-the-storage": set(),
    # The revision of a new storage is stamped on a connection of its own.
    "one-place-ends-transactions": {
        ("effect-out-of-place", f"{RDB}.storage._VersionManager._set_alembic_revision")
    },
    # Which versions there are is read from the files of the migrations.
    "reads-change-nothing": {
        ("forbidden-effect", f"{RDB}.storage.RDBStorage.get_all_versions"),
        ("forbidden-effect", f"{RDB}.storage.RDBStorage.get_head_version"),
    },
    # The first has no way back yet ("TODO"); the second makes `value` NOT NULL, and leaves it so on the way back; the third asks
    # its model for an enumeration that has another name.
    "migrations-can-be-undone": {
        ("downgrade-differs", "v2.4.0.a"),
        ("downgrade-differs", "v3.0.0.b"),
        ("downgrade-fails", "v3.0.0.c"),
    },
    # Made by create_all() alone, as of the version that brought it; and a `trial_id` that only the model says is never NULL.
    "models-are-migrated": {
        ("table-not-migrated", "trial_heartbeats"),
        ("nullability-differs", "trial_values"),
    },
    "statements-name-what-exists": {
        ("unknown-table", f"{RDB}.models.TrialHeartbeatModel.where_trial_id"),
        ("unknown-table", f"{RDB}.storage.RDBStorage.record_heartbeat"),
    },
    "rows-in-one-order": {
        ("no-order", f"{RDB}.models.StudyDirectionModel.where_study_id"),
        ("no-order", f"{RDB}.models.StudyUserAttributeModel.where_study_id"),
        ("no-order", f"{RDB}.models.StudySystemAttributeModel.where_study_id"),
        ("no-order", f"{RDB}.models.TrialUserAttributeModel.where_trial_id"),
        ("no-order", f"{RDB}.models.TrialSystemAttributeModel.where_trial_id"),
        ("no-order", f"{RDB}.models.TrialParamModel.where_trial_id"),
        ("no-order", f"{RDB}.models.TrialIntermediateValueModel.where_trial_id"),
        # Directions of a study, in whatever order the database has them.
        ("no-order", f"{RDB}.storage.RDBStorage.get_all_studies"),
        ("no-order", f"{RDB}.storage.RDBStorage._get_stale_trial_ids"),
        # The best of several equal trials.
        ("order-with-ties", f"{RDB}.models.TrialModel.find_max_value_trial_id"),
        ("order-with-ties", f"{RDB}.models.TrialModel.find_min_value_trial_id"),
    },
    "reads-stand-still": set(),
    "values-are-kept": set(),
    # FrozenTrial does not say of which study it is.
    "trials-are-kept": {("not-read-back", f"{RDB}.storage.RDBStorage.get_trial")},
}
"""All that fails in Optuna 5.0, each read and found right."""


PARTS = {
    "optuna": ("__init__.py", "distributions.py", "storages", "study", "trial"),
    "prefect": ("__init__.py", "server", "types"),
    "mlflow": ("__init__.py", "entities", "server/auth", "store"),
}
"""What is looked at: the parts with SQLAlchemy inside, and what they are about."""
WHEELS = Path(sys.prefix) / "wheels"
"""Where `make wheels` puts the wheels of wheels.txt."""
REQUIRED = os.environ.get("ARCHWRIGHT_WHEELS") == "required"


def decide(package: str, directory: Path, *kinds: str) -> dict[str, CheckResult]:
    """The results of the contracts kept for *package*, or those of some *kinds*, on the Python files of its parts."""
    target = directory / "src" / package
    wheel = next(WHEELS.glob(f"{package}-*.whl"), None)
    if wheel is not None:
        _unpack(wheel, package, target)
    elif (installed := _installed(package)) is not None:
        for path in installed.rglob("*.py"):
            _keep(path.relative_to(installed).as_posix(), path.read_bytes(), package, target)
    elif REQUIRED:
        pytest.fail(
            f"there is no wheel of {package} in {WHEELS}: run `make wheels` where the package index is"
        )
    else:
        pytest.skip(
            f"there is no wheel of {package} in {WHEELS}: `make wheels` gets it from the package index"
        )
    shutil.copytree(HERE / package / "contracts", directory / "contracts")
    code_base = open_code_base(directory, kinds=KINDS, jobs=1)
    contracts = [c for c in code_base.contracts.contracts if not kinds or c.kind in kinds]
    return {str(c.id): check(c, code_base.analysis) for c in contracts}


def _unpack(wheel: Path, package: str, target: Path) -> None:
    """Writes the files of the parts; nothing of a wheel is imported or run."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.startswith(f"{package}/") and name.endswith(".py") and ".." not in name.split("/"):
                _keep(name.removeprefix(f"{package}/"), archive.read(name), package, target)


def _keep(name: str, content: bytes, package: str, target: Path) -> None:
    if any(name == part or name.startswith(f"{part}/") for part in PARTS[package]):
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _installed(package: str) -> Path | None:
    spec = find_spec(package) if package == "optuna" else None
    # Without an origin it is only the folder beside this file, seen as a namespace package.
    return Path(spec.origin).parent if spec is not None and spec.origin is not None else None


def _failed(result: CheckResult) -> set[tuple[str, str]]:
    return {(f.evidence, f.symbols[0]) for f in result.findings if f.outcome is Outcome.FAIL}


def _places(results: dict[str, CheckResult]) -> list[str]:
    """All that fails, as in findings.txt: contract, evidence, place and what it is about."""
    return sorted(
        f"{name} {f.evidence} {f.location.path}:{f.location.line} {' '.join(f.symbols[1:2])}".rstrip()
        for name, result in results.items()
        for f in result.findings
        if f.outcome is Outcome.FAIL
    )


def _expected(package: str) -> list[str]:
    lines = (HERE / package / "findings.txt").read_text(encoding="utf-8").splitlines()
    return sorted(line for line in lines if line and not line.startswith("#"))


@pytest.fixture(scope="module")
def optuna(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CheckResult]:
    return decide("optuna", tmp_path_factory.mktemp("optuna"))


def test_optuna_is_judged_as_a_reader_would(optuna: dict[str, CheckResult]) -> None:
    assert {name: _failed(result) for name, result in optuna.items()} == FOUND


def test_optuna_is_mostly_decided(optuna: dict[str, CheckResult]) -> None:
    for name, result in optuna.items():
        undecided = sum(f.outcome is Outcome.UNDECIDED for f in result.findings)
        assert result.sites > 0, name
        assert undecided * 5 <= result.sites, name


@pytest.mark.parametrize("package", ["prefect", "mlflow"])
def test_large_applications_are_judged_as_before(package: str, tmp_path: Path) -> None:
    """Not all that is written there has been read: what this shows is that no verdict changes unseen."""
    results = decide(package, tmp_path)
    assert _places(results) == _expected(package)
    for name, result in results.items():
        assert result.sites > 0, name
        # One finding of a clock is about all the reads that come to it.
        assert name == "clock" or result.passed + len(result.findings) >= result.sites, name
