"""The acceptance list of cost simulation, item by item; what a test elsewhere shows is named there."""

import ast
import inspect
from dataclasses import is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy import inspect as inspect_database
from sqlalchemy.ext.asyncio import AsyncSession

import app
from app.hoc.cus.analytics.L5_engines import cost_model_engine, costsim_models, provenance
from app.hoc.cus.analytics.L6_drivers import audit_persistence, leader
from app.hoc.cus.hoc_spine.orchestrator.bootstrap import build_registry
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext
from app.migrations import runner

ROOT = Path(app.__file__).parent
DRIVERS = sorted((ROOT / "hoc/cus/analytics/L6_drivers").glob("*.py"))
API = sorted((ROOT / "hoc/api/cus/analytics").glob("*.py"))


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def calls(path: Path) -> set[str]:
    return {
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }


@pytest.mark.parametrize("path", API, ids=lambda path: path.stem)
def test_1_the_api_imports_no_engine_and_no_driver(path: Path) -> None:
    forbidden = ("L5_engines", "L5_schemas", "L6_drivers", "app.models", "app.db", "sqlalchemy")
    assert not [name for name in imports(path) if any(part in name for part in forbidden)]


@pytest.mark.parametrize("path", DRIVERS, ids=lambda path: path.stem)
def test_2_drivers_import_no_layer_above_and_end_no_transaction(path: Path) -> None:
    above = ("L5_engines", "hoc_spine", "app.hoc.api", "L3_adapters")
    assert not [name for name in imports(path) if any(part in name for part in above)]
    assert not calls(path) & {"commit", "rollback"}


def test_2_names_and_constants_exist() -> None:
    assert {name for name in vars(leader) if name.startswith("LOCK_")} == {
        *("LOCK_CANARY_RUNNER", "LOCK_ALERT_WORKER", "LOCK_PROVENANCE_ARCHIVER", "LOCK_BASELINE_BACKFILL")
    }
    for name in ("try_acquire_leader_lock", "release_leader_lock", "is_lock_held", "with_leader_lock"):
        assert inspect.iscoroutinefunction(getattr(leader, name))
    for name in (
        "FEATURE_INTENT",
        "RETRY_POLICY",
        "CoordinationAuditRecordDB",
        "persist_audit_record",
        "_now_utc",
    ):
        assert hasattr(audit_persistence, name)


def test_3_migration_131_mentions_what_it_stores() -> None:
    scripts = ScriptDirectory.from_config(runner._config())
    script = scripts.get_revision("131_monitoring_analytics_reproducibility_fields")
    assert script is not None
    source = Path(script.path).read_text()
    for name in (
        "analytics_artifacts",
        "dataset_version",
        "input_window_hash",
        "as_of",
        "compute_code_version",
    ):
        assert name in source


async def test_3_migration_131_has_the_published_shape(session: AsyncSession) -> None:
    def shape(connection: Connection) -> tuple[dict[str, Any], list[Any], set[str]]:
        inspector = inspect_database(connection)
        columns = {
            column["name"]: (getattr(column["type"], "length", None), column["nullable"])
            for column in inspector.get_columns("analytics_artifacts")
        }
        unique = [
            (constraint["name"], constraint["column_names"])
            for constraint in inspector.get_unique_constraints("analytics_artifacts")
        ]
        return columns, unique, {str(index["name"]) for index in inspector.get_indexes("analytics_artifacts")}

    columns, unique, indexes = await (await session.connection()).run_sync(shape)
    for name, length in (("tenant_id", 36), ("dataset_id", 64), ("dataset_version", 64)):
        assert columns[name] == (length, False)
    assert columns["input_window_hash"] == columns["compute_code_version"] == (64, False)
    assert columns["as_of"][1] is columns["created_at"][1] is False
    assert unique == [
        ("uq_analytics_artifacts_tenant_dataset_version", ["tenant_id", "dataset_id", "dataset_version"])
    ]
    assert {"ix_analytics_artifacts_tenant", "ix_analytics_artifacts_dataset"} <= indexes


def test_4_eight_models_and_the_provenance_logger() -> None:
    models = [getattr(costsim_models, name) for name in costsim_models.__all__]
    assert len(models) == 8
    assert sum(issubclass(model, Enum) for model in models) == 2
    for model in models:
        if is_dataclass(model):
            assert callable(model.to_dict)
    assert callable(costsim_models.V2SimulationResult.compute_output_hash)
    for name in (
        "ProvenanceLog",
        "ProvenanceLogger",
        "compute_hash",
        "compress_json",
        "get_provenance_logger",
    ):
        assert hasattr(provenance, name)


def test_5_cost_model_functions_types_skills_and_bands() -> None:
    for name in (
        *("get_skill_coefficients", "estimate_step_cost", "calculate_cumulative_risk", "check_feasibility"),
        *("classify_drift", "is_significant_risk"),
        *("DriftVerdict", "StepCostEstimate", "FeasibilityResult", "DriftAnalysis"),
    ):
        assert hasattr(cost_model_engine, name)
    assert len(cost_model_engine.SKILL_COST_COEFFICIENTS) == 10
    assert (
        cost_model_engine.MATCH_BAND,
        cost_model_engine.MINOR_DRIFT_BAND,
        cost_model_engine.MAJOR_DRIFT_BAND,
    ) == (0.05, 0.15, 0.30)


async def test_6_internal_parameters_never_reach_an_operation(session: AsyncSession) -> None:
    context = OperationContext(session, "tenant-a", {"method": "list", "_invariant_mode": "STRICT"})
    result = await build_registry().execute("analytics.costsim.datasets", context)
    assert result.success, result.error  # dispatch refuses parameters that a method does not have
    assert len(result.data["datasets"]) == 5
