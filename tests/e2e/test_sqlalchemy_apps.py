"""Applications with SQLAlchemy inside, under contracts on effects, storage and reads: what is found is what reading them finds.

Optuna is installed with the development tools. Prefect and MLflow are large: they are looked at where they are installed, or
where ``ARCHWRIGHT_WHEELS`` names a directory with unpacked wheels.
"""

from __future__ import annotations

import os
import shutil
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
    "reads-change-nothing": set(),
    # Makes `value` NOT NULL, and leaves it so on the way back.
    "migrations-can-be-undone": {("downgrade-differs", "v3.0.0.b")},
    # Made by create_all() alone, as of the version that brought it.
    "models-are-migrated": {("table-not-migrated", "trial_heartbeats")},
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


def decide(package: str, directory: Path, *parts: str) -> dict[str, CheckResult]:
    """The results of the contracts kept for *package*, on its Python files, or those of some *parts*."""
    source = _source(package)
    if source is None:
        pytest.skip(f"{package} is neither installed nor unpacked in ARCHWRIGHT_WHEELS")
    for path in source.rglob("*.py"):
        if not parts or path.relative_to(source).parts[0] in parts:
            target = directory / "src" / package / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    shutil.copytree(HERE / package / "contracts", directory / "contracts")
    code_base = open_code_base(directory, kinds=KINDS, jobs=1)
    return {str(c.id): check(c, code_base.analysis) for c in code_base.contracts.contracts}


def _source(package: str) -> Path | None:
    unpacked = Path(os.environ.get("ARCHWRIGHT_WHEELS", os.devnull)) / package
    if unpacked.is_dir():
        return unpacked
    spec = find_spec(package)
    # Without an origin it is only the folder beside this file, seen as a namespace package.
    return Path(spec.origin).parent if spec is not None and spec.origin is not None else None


def _failed(result: CheckResult) -> set[tuple[str, str]]:
    return {(f.evidence, f.symbols[0]) for f in result.findings if f.outcome is Outcome.FAIL}


@pytest.fixture(scope="module")
def optuna(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CheckResult]:
    return decide(
        "optuna",
        tmp_path_factory.mktemp("optuna"),
        "__init__.py",
        "distributions.py",
        "storages",
        "study",
        "trial",
    )


def test_optuna_is_judged_as_a_reader_would(optuna: dict[str, CheckResult]) -> None:
    assert {name: _failed(result) for name, result in optuna.items()} == FOUND


def test_optuna_is_mostly_decided(optuna: dict[str, CheckResult]) -> None:
    for name, result in optuna.items():
        undecided = sum(f.outcome is Outcome.UNDECIDED for f in result.findings)
        assert result.sites > 0, name
        assert undecided * 5 <= result.sites, name


@pytest.mark.parametrize("package", ["prefect", "mlflow"])
def test_large_applications_are_decided(package: str, tmp_path: Path) -> None:
    results = decide(package, tmp_path)
    for name, result in results.items():
        assert result.sites > 0, name
        assert result.passed + len(result.findings) >= result.sites, name
