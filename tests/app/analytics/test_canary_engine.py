"""The canary engine on real files: verdicts, artifacts, the guard, concurrency and time limits."""

import asyncio
import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_engines import canary_artifacts
from app.hoc.cus.analytics.L5_engines.canary_artifacts import ArtifactError, artifact_problems, run_directory
from app.hoc.cus.analytics.L5_engines.canary_engine import CanaryEngine, InvalidSamplesError
from app.hoc.cus.analytics.L5_engines.costsim_models import CanaryReport
from app.hoc.cus.analytics.L5_engines.v2_adapter import ComparedSimulation, CostSimV2Adapter
from app.hoc.cus.analytics.L5_schemas.canary_report import CanarySource, CanaryStatus
from app.hoc.cus.analytics.L5_schemas.canary_run import CanaryRunConfig, CanarySample
from app.hoc.cus.analytics.L6_drivers.canary_report_driver import query_canary_reports
from app.hoc.cus.hoc_spine.auth.key_service import create_tenant

KV = {"skill": "kv_get", "params": {"key": "k"}}
DRIFTING = {"skill": "llm_invoke", "params": {"prompt": "x" * 5000}}
BROKEN = {"skill": "http_call", "params": {"timeout": "soon"}}


def sample(number: int, *plan: dict[str, Any], **expected: Any) -> CanarySample:
    return CanarySample(f"s{number}", plan or (KV,), 100, **expected)


def samples(good: int, broken: int = 0, drifting: int = 0) -> list[CanarySample]:
    plans = [KV] * good + [BROKEN] * broken + [DRIFTING] * drifting
    return [sample(number, plan) for number, plan in enumerate(plans)]


def engine(root: Path, run_id: str = "run-1", **options: Any) -> CanaryEngine:
    parts = {
        name: options.pop(name) for name in ("session", "simulate", "costsim", "tenant_id") if name in options
    }
    parts.setdefault("tenant_id", "tenant-a")
    return CanaryEngine(CanaryRunConfig(artifacts_dir=root, **options), run_id=run_id, **parts)


def names_in(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def report_file(root: Path, report: CanaryReport) -> dict[str, Any]:
    path = next(path for path in report.artifact_paths if path.endswith("canary_report.json"))
    content: dict[str, Any] = json.loads((root / path).read_text())
    return content


def lines(root: Path, report: CanaryReport, name: str) -> list[dict[str, Any]]:
    path = next(path for path in report.artifact_paths if path.endswith(name))
    return [json.loads(line) for line in (root / path).read_text().splitlines()]


async def test_a_good_run_passes_and_its_files_are_complete(tmp_path: Path) -> None:
    report = await engine(tmp_path).run(samples(25))
    assert (report.status, report.passed, report.source) == (CanaryStatus.PASS, True, CanarySource.GIVEN)
    assert (report.total_samples, report.matching_samples, report.kl_divergence) == (25, 25, 0.0)
    assert artifact_problems(tmp_path, report) == []
    # The report file names all files of the run, itself and the manifest included.
    assert report_file(tmp_path, report)["report"]["artifact_paths"] == list(report.artifact_paths)
    assert [Path(path).name for path in report.artifact_paths] == [
        "canary_comparisons.jsonl",
        "canary_report.json",
        "manifest.json",
    ]
    directory = tmp_path / run_directory("tenant-a", "run-1")
    assert names_in(directory) == sorted(Path(path).name for path in report.artifact_paths)
    manifest = json.loads((directory / "manifest.json").read_text())
    assert manifest["sha256"] == {
        name: hashlib.sha256((directory / name).read_bytes()).hexdigest()
        for name in ("canary_comparisons.jsonl", "canary_report.json")
    }


async def test_a_synthetic_run_says_so_and_fails_by_design(tmp_path: Path) -> None:
    report = await engine(tmp_path).run()
    assert (report.status, report.source, report.total_samples) == (
        CanaryStatus.FAIL,
        CanarySource.SYNTHETIC,
        4,
    )
    assert (report.median_cost_diff, report.p90_cost_diff, report.outlier_count) == (1.0, 15.0, 1)
    # Four samples are too few for a histogram to decide anything.
    assert not any("KL" in reason for reason in report.failure_reasons)
    assert (report.kl_divergence or 0) > 0.2


async def test_divergence_decides_from_the_minimum_sample_size_on(tmp_path: Path) -> None:
    # 5 and 4 cents are minor drift each, but no cost of one model ever occurs in the other.
    plan = {"skill": "llm_invoke", "params": {"prompt": "hi"}}
    few = await engine(tmp_path, "few").run([sample(number, plan) for number in range(19)])
    many = await engine(tmp_path, "many").run([sample(number, plan) for number in range(20)])
    assert few.kl_divergence == many.kl_divergence == 1.0
    assert few.status is CanaryStatus.PASS
    assert many.status is CanaryStatus.FAIL
    assert many.failure_reasons == ("KL divergence 1.0000 exceeds 0.2",)


async def test_when_every_sample_errs_the_run_does_not_pass(tmp_path: Path) -> None:
    report = await engine(tmp_path).run(samples(0, broken=30))
    assert (report.status, report.passed) == (CanaryStatus.ERROR, False)
    assert (report.errored_samples, report.evaluated_samples, report.kl_divergence) == (30, 0, None)
    assert report.failure_reasons == (
        "30 of 30 samples could not be compared; at most 5% may fail to",
        "30 x step 0: timeout must be a number of seconds, not str",
    )
    assert artifact_problems(tmp_path, report) == []


@pytest.mark.parametrize(
    ("good", "broken", "status"), [(95, 5, CanaryStatus.PASS), (94, 6, CanaryStatus.ERROR)]
)
async def test_error_rate_bound(tmp_path: Path, good: int, broken: int, status: CanaryStatus) -> None:
    report = await engine(tmp_path).run(samples(good, broken))
    assert (report.status, report.total_samples, report.errored_samples) == (status, 100, broken)


async def test_exceptions_count_as_errors_and_do_not_leak(tmp_path: Path) -> None:
    async def explode(_sample: CanarySample) -> ComparedSimulation:
        raise ZeroDivisionError("secret in /etc/passwd")

    report = await engine(tmp_path, simulate=explode).run(samples(3))
    assert report.status is CanaryStatus.ERROR
    assert "3 x internal error: ZeroDivisionError" in report.failure_reasons
    assert "secret" not in json.dumps(report.to_dict())


async def test_diffs_carry_true_hashes_and_steps(tmp_path: Path) -> None:
    report = await engine(tmp_path).run(samples(20, drifting=1))
    (diff,) = lines(tmp_path, report, "canary_diffs.jsonl")
    compared = await CostSimV2Adapter(100).simulate_with_comparison([DRIFTING])
    assert diff["v1_output_hash"] == compared.v1.compute_output_hash()
    assert diff["v2_output_hash"] == compared.v2.compute_output_hash()
    assert diff["cost_diff"] == 7
    assert diff["step_diffs"] == [
        {
            "step_index": 0,
            "skill_id": "llm_invoke",
            "v1_cost_cents": 5,
            "v2_cost_cents": 12.3,
            "cost_diff": 7.3,
            "v1_latency_ms": 2000,
            "v2_latency_ms": 2800.0,
            "latency_diff": 800.0,
        }
    ]
    comparisons = lines(tmp_path, report, "canary_comparisons.jsonl")
    assert [entry["sample_id"] for entry in comparisons] == [f"s{number}" for number in range(21)]


@pytest.mark.parametrize(
    ("expected", "missed"),
    [
        ({"expected_cost_cents": 0, "expected_feasible": True}, 0),
        ({"expected_cost_cents": 40}, 1),
        ({"expected_feasible": False}, 1),
    ],
)
async def test_expectations_enter_the_verdict(tmp_path: Path, expected: dict[str, Any], missed: int) -> None:
    report = await engine(tmp_path).run([sample(0, KV, **expected), sample(1)])
    assert report.passed == (missed == 0)
    if missed:
        assert report.failure_reasons == ("1 samples missed their expected cost or feasibility",)
        (entry, _) = lines(tmp_path, report, "canary_comparisons.jsonl")
        assert len(entry["missed_expectations"]) == 1


async def test_golden_comparison_decides(tmp_path: Path) -> None:
    root, golden = tmp_path / "artifacts", tmp_path / "golden"
    golden.mkdir()
    blessed = await engine(root, "blessed").run([*samples(2), sample(9, DRIFTING, KV)])
    source = next(path for path in blessed.artifact_paths if path.endswith("canary_comparisons.jsonl"))
    shutil.copy(root / source, golden / "canary_comparisons.jsonl")

    same = await engine(root, "same", golden_dir=golden).run(samples(2))
    assert same.passed
    # s0 and s1 have the same input and are one golden sample; the drifting one is not in this run.
    assert same.golden_comparison == {
        "golden_samples": 2,
        "compared": 2,
        "matching": 2,
        "changed": [],
        "passed": True,
    }

    changed = (golden / "canary_comparisons.jsonl").read_text().splitlines()
    entry = json.loads(changed[0])
    (golden / "canary_comparisons.jsonl").write_text(json.dumps(entry | {"v2_output_hash": "0" * 64}))
    failed = await engine(root, "failed", golden_dir=golden).run(samples(2))
    assert failed.status is CanaryStatus.FAIL
    assert failed.failure_reasons == ("golden comparison: 2 of 2 samples changed: s0, s1",)

    unrelated = await engine(root, "unrelated", golden_dir=golden).run(
        [sample(1, {"skill": "fs_read", "params": {}})]
    )
    assert unrelated.status is CanaryStatus.FAIL
    assert "knows none of these samples" in unrelated.failure_reasons[0]


@pytest.mark.parametrize(
    "content", [None, "", "{}", "not json", '{"input_hash": "a", "v2_output_hash": null}']
)
async def test_an_unusable_golden_file_is_an_error(tmp_path: Path, content: str | None) -> None:
    golden = tmp_path / "golden"
    golden.mkdir()
    if content is not None:
        (golden / "canary_comparisons.jsonl").write_text(content)
    report = await engine(tmp_path / "artifacts", golden_dir=golden).run(samples(2))
    assert report.status is CanaryStatus.ERROR
    assert "golden file" in report.failure_reasons[0]
    assert str(tmp_path) not in report.failure_reasons[0]


async def test_a_canary_that_is_switched_off_is_skipped_and_did_not_pass(tmp_path: Path) -> None:
    report = await engine(tmp_path, enabled=False).run()
    assert (report.status, report.passed, report.total_samples) == (CanaryStatus.SKIPPED, False, 0)
    assert artifact_problems(tmp_path, report) == []


@pytest.mark.parametrize("workers", [1, 3])
async def test_concurrency_is_exactly_what_is_asked_for(tmp_path: Path, workers: int) -> None:
    running = peak = 0

    async def simulate(item: CanarySample) -> ComparedSimulation:
        nonlocal running, peak
        running += 1
        peak = max(peak, running)
        try:
            await asyncio.sleep(0.002)
            return await CostSimV2Adapter(item.budget_cents).simulate_with_comparison(item.plan)
        finally:
            running -= 1

    report = await engine(tmp_path, simulate=simulate, parallel_workers=workers).run(samples(12))
    assert peak == workers
    assert report.matching_samples == 12


async def test_the_time_limit_holds_and_late_samples_are_errors(tmp_path: Path) -> None:
    async def simulate(item: CanarySample) -> ComparedSimulation:
        if item.id != "s0":
            await asyncio.sleep(60)
        return await CostSimV2Adapter(item.budget_cents).simulate_with_comparison(item.plan)

    limited = engine(tmp_path, simulate=simulate, max_runtime_seconds=0.2, parallel_workers=2)
    report = await asyncio.wait_for(limited.run(samples(4)), timeout=5)
    assert (report.status, report.evaluated_samples, report.errored_samples) == (CanaryStatus.ERROR, 1, 3)
    assert "3 x not compared within 0.2 seconds" in report.failure_reasons
    assert [entry["timed_out"] for entry in lines(tmp_path, report, "canary_comparisons.jsonl")] == [
        False,
        True,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "empty"),
        ([sample(1), sample(1)], "repeated: s1"),
        (samples(6), "at most 5"),
    ],
)
async def test_unusable_samples_leave_nothing_behind(
    tmp_path: Path, given: list[CanarySample], message: str
) -> None:
    with pytest.raises(InvalidSamplesError, match=message):
        await engine(tmp_path, sample_count=5).run(given)
    assert names_in(tmp_path) == []


def test_unusable_settings_are_named_all_at_once() -> None:
    with pytest.raises(ValueError, match=r"drift_threshold.*parallel_workers.*artifacts_dir"):
        CanaryRunConfig(drift_threshold=2, parallel_workers=0)


@pytest.mark.parametrize(
    "raw",
    [
        {"id": "../x", "plan": [], "budget_cents": 1},
        {"id": "a", "plan": "kv_get", "budget_cents": 1},
        {"id": "a", "plan": [{"skill": "x", "params": {"n": float("nan")}}], "budget_cents": 1},
        {"id": "a", "plan": [], "budget_cents": -1},
        {"id": "a", "plan": [], "budget_cents": True},
        {"id": "a", "plan": [], "budget_cents": 1, "expected_feasible": "yes"},
        {"id": "a", "plan": [], "budget_cents": 1, "expected_cost": 1},
        {"id": "a"},
        [],
    ],
)
def test_malformed_samples_are_refused(raw: object) -> None:
    with pytest.raises(ValueError, match=r"must be|JSON|unknown key|missing"):
        CanarySample.parse(raw)


# --- artifacts before the database ------------------------------------------------------------------------


async def stored(session: AsyncSession) -> int:
    return len(await query_canary_reports(session, "tenant-a", {}))


async def test_guard_refuses_a_report_without_artifacts(
    tmp_path: Path, session: AsyncSession, make_report: Callable[..., CanaryReport]
) -> None:
    await create_tenant("tenant-a")
    guarded = engine(tmp_path, session=session)
    with pytest.raises(RuntimeError, match="has no artifacts; refusing DB write"):
        await guarded._persist_report_to_db(make_report(artifacts_required=True))
    assert await stored(session) == 0


@pytest.mark.parametrize("damage", ["missing", "changed", "undeclared", "unlisted", "outside", "no manifest"])
async def test_guard_refuses_incomplete_artifacts(tmp_path: Path, session: AsyncSession, damage: str) -> None:
    await create_tenant("tenant-a")
    report = await engine(tmp_path).run(samples(2))
    paths, manifest = report.artifact_paths, dict(report.artifact_manifest)
    if damage == "missing":
        (tmp_path / paths[0]).unlink()
    elif damage == "changed":
        (tmp_path / paths[1]).write_text("{}")
    elif damage == "undeclared":
        report = replace(report, artifact_paths=paths[:-1])
    elif damage == "unlisted":
        manifest.pop(paths[0])
        report = replace(report, artifact_manifest=manifest)
    elif damage == "outside":
        (tmp_path / "outside.txt").write_text("x")
        digest = hashlib.sha256(b"x").hexdigest()
        report = replace(
            report,
            artifact_paths=(*paths, "outside.txt"),
            artifact_manifest=manifest | {"outside.txt": digest},
        )
    else:
        (tmp_path / paths[-1]).unlink()
    guarded = engine(tmp_path, session=session)
    with pytest.raises(RuntimeError, match="incomplete artifacts; refusing DB write"):
        await guarded._persist_report_to_db(report)
    assert await stored(session) == 0


async def test_a_complete_report_is_indexed_as_it_stands_in_its_file(
    tmp_path: Path, session: AsyncSession
) -> None:
    await create_tenant("tenant-a")
    async with session.begin():
        report = await engine(tmp_path, session=session).run(samples(20, drifting=2))
    async with session.begin():
        (row,) = await query_canary_reports(session, "tenant-a", {})
    body = report_file(tmp_path, report)["report"]
    for name in ("run_id", "status", "total_samples", "major_drift_samples", "kl_divergence", "source"):
        assert getattr(row, name) == body[name]
    assert list(row.artifact_paths) == body["artifact_paths"]
    assert row.artifact_manifest == report.artifact_manifest
    assert row.timestamp == report.timestamp


async def test_when_artifacts_cannot_be_written_there_is_no_row(
    tmp_path: Path, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    await create_tenant("tenant-a")
    write = canary_artifacts.write_atomically

    def disk_full_at_the_manifest(path: Path, content: bytes) -> None:
        if path.name == "manifest.json":
            raise OSError(28, "No space left on device")
        write(path, content)

    monkeypatch.setattr(canary_artifacts, "write_atomically", disk_full_at_the_manifest)
    with pytest.raises(ArtifactError, match="No space left"):
        await engine(tmp_path, session=session).run(samples(2))
    assert await stored(session) == 0


async def test_a_root_that_is_a_file_is_reported_readably(tmp_path: Path) -> None:
    (tmp_path / "root").write_text("")
    with pytest.raises(ArtifactError, match="COSTSIM_ARTIFACTS_DIR"):
        await engine(tmp_path / "root").run(samples(1))


async def test_a_run_id_is_never_written_twice(tmp_path: Path) -> None:
    first = await engine(tmp_path).run(samples(2))
    with pytest.raises(ArtifactError):
        await engine(tmp_path).run(samples(0, broken=2))
    assert artifact_problems(tmp_path, first) == []


async def test_without_artifacts_nothing_is_written_and_the_row_says_so(session: AsyncSession) -> None:
    await create_tenant("tenant-a")
    config = CanaryRunConfig(save_artifacts=False)
    unsaved = CanaryEngine(config, tenant_id="tenant-a", run_id="run-1", session=session)
    await unsaved.run(samples(2))
    (row,) = await query_canary_reports(session, "tenant-a", {})
    assert (row.artifacts_required, row.artifact_paths) == (False, ())


@pytest.mark.parametrize("tenant", ["..", ".", "a/b", "../../etc", "a\\b", "ä", "%2E"])
async def test_a_tenant_id_cannot_lead_out_of_the_artifacts(tmp_path: Path, tenant: str) -> None:
    report = await engine(tmp_path, tenant_id=tenant).run(samples(1))
    (directory,) = names_in(tmp_path / "canary")
    assert names_in(tmp_path / "canary" / directory) == ["run-1"]
    assert names_in(tmp_path) == ["canary"]
    assert artifact_problems(tmp_path, report) == []


@pytest.mark.parametrize("run_id", ["", "../x", "a/b", "x" * 65, "a.b"])
def test_a_run_id_cannot_lead_out_of_its_tenant(run_id: str) -> None:
    with pytest.raises(ValueError, match="run id"):
        run_directory("tenant-a", run_id)


@pytest.mark.parametrize(
    "contradiction",
    [
        {"passed": False},
        {"status": CanaryStatus.ERROR, "passed": True},
        {"matching_samples": 0, "minor_drift_samples": 0},
        {"total_samples": 1},
        {"outlier_count": -1},
        {"tenant_id": ""},
    ],
)
def test_a_contradictory_report_cannot_be_made(
    make_report: Callable[..., CanaryReport], contradiction: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="canary report 'run-1'"):
        make_report(**contradiction)
