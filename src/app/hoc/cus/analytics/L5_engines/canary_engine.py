# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Runs a canary: simulate samples with V1 and V2, judge the drift, write the artifacts, then index them.
# Callers: spine canary_coordinator, spine canary_run_handler
# Allowed Imports: stdlib, L5_engines, L5_schemas, L6, app.infra.time
# Forbidden Imports: L2, L4, L7, sqlalchemy at runtime
"""The canary engine. Artifacts are the source of truth, the database row is their index and comes second.

One engine serves one run. It never commits: the transaction belongs to whoever passed the session.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.hoc.cus.analytics.L5_engines.canary_artifacts import (
    artifact_paths,
    artifact_problems,
    write_artifacts,
)
from app.hoc.cus.analytics.L5_engines.canary_comparison import SimulateSample, compare_samples
from app.hoc.cus.analytics.L5_engines.canary_evaluation import SampleOutcome, judge, measure
from app.hoc.cus.analytics.L5_engines.canary_golden import GoldenFileError, compare_with_golden, load_golden
from app.hoc.cus.analytics.L5_engines.canary_samples import synthetic_samples
from app.hoc.cus.analytics.L5_engines.config_engine import CostSimConfig
from app.hoc.cus.analytics.L5_engines.costsim_models import CanaryReport
from app.hoc.cus.analytics.L5_engines.v2_adapter import ComparedSimulation, CostSimV2Adapter
from app.hoc.cus.analytics.L5_schemas.canary_report import CanarySource, CanaryStatus
from app.hoc.cus.analytics.L5_schemas.canary_run import CanaryRunConfig, CanarySample
from app.hoc.cus.analytics.L6_drivers.canary_report_driver import write_canary_report
from app.infra.time import utc_now

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

logger = logging.getLogger(__name__)


class InvalidSamplesError(ValueError):
    """The samples or limits of a run cannot be used; the message says why and is fit for the caller."""


class CanaryEngine:
    """Runs one canary for one tenant.

    ``session`` is where the report is indexed; without one the run is judged and its artifacts are written,
    but nothing is indexed. ``simulate`` compares V1 and V2 for one sample (by default both models with the
    settings of ``costsim``).
    """

    def __init__(
        self,
        config: CanaryRunConfig,
        *,
        tenant_id: str,
        run_id: str,
        session: AsyncSession | None = None,
        costsim: CostSimConfig | None = None,
        simulate: SimulateSample | None = None,
    ) -> None:
        self.config = config
        self._tenant_id = tenant_id
        self._run_id = run_id
        self._session = session
        self._costsim = costsim or CostSimConfig()
        self._simulate = simulate or self._simulate_sample

    async def run(
        self,
        samples: Sequence[CanarySample] | None = None,
        *,
        source: CanarySource = CanarySource.GIVEN,
        skip_reason: str | None = None,
    ) -> CanaryReport:
        """Run the canary on ``samples``, which came from ``source``, or on the synthetic set when None, and
        return the stored report.

        Every outcome is stored: pass, fail, error (too little could be compared, or the golden file is
        unusable) and skipped (there is a ``skip_reason``, or the canary is switched off). Raises
        ``InvalidSamplesError`` for none, duplicate sample ids or more samples than ``sample_count``,
        ``ArtifactError`` when the files cannot be written (nothing is indexed then), and what the database
        raises.
        """
        if samples is None:
            source = CanarySource.SYNTHETIC
        if skip_reason is None and not self.config.enabled:
            skip_reason = "the canary is switched off (COSTSIM_CANARY_ENABLED)"
        chosen = tuple(synthetic_samples() if samples is None else samples)
        self._check_samples(chosen)
        started = utc_now()
        outcomes: list[SampleOutcome] = []
        if skip_reason is None:
            outcomes = await compare_samples(
                chosen,
                self._simulate,
                workers=self.config.parallel_workers,
                max_seconds=self.config.max_runtime_seconds,
                timestamp=started,
            )
            report = await self._judge(outcomes, source, started)
        else:
            report = self._report(CanaryStatus.SKIPPED, (skip_reason,), source, started)
        if self.config.save_artifacts:
            report = await self._write_artifacts(report, outcomes)
        if self._session is not None:
            await self._persist_report_to_db(report)
        logger.info("canary run=%s tenant=%s status=%s", report.run_id, report.tenant_id, report.status.value)
        return report

    async def _write_artifacts(self, report: CanaryReport, outcomes: Sequence[SampleOutcome]) -> CanaryReport:
        """Write the run's files, manifest last; returns the report with their paths and checksums."""
        paths = artifact_paths(report.tenant_id, report.run_id, outcomes)
        report = dataclasses.replace(report, artifact_paths=paths)
        manifest = await asyncio.to_thread(
            write_artifacts, self._artifacts_root(), report, outcomes, self._settings()
        )
        return dataclasses.replace(report, artifact_manifest=manifest)

    async def _persist_report_to_db(self, report: CanaryReport) -> None:
        """Index a report whose artifacts are complete. Raises ``RuntimeError``, writing nothing, when
        they are not.
        """
        if self.config.save_artifacts and not report.artifact_paths:
            raise RuntimeError(
                f"Canary run {report.run_id} has no artifacts; refusing DB write. "
                "Write them first via _write_artifacts()."
            )
        if self.config.save_artifacts:
            problems = await asyncio.to_thread(artifact_problems, self._artifacts_root(), report)
            if problems:
                raise RuntimeError(
                    f"Canary run {report.run_id} has incomplete artifacts; refusing DB write: "
                    f"{'; '.join(problems)}. Start a new run."
                )
        if self._session is None:
            raise RuntimeError(
                f"Canary run {report.run_id} has no session to be indexed with; pass one to the engine."
            )
        await write_canary_report(self._session, report)

    async def _judge(
        self, outcomes: Sequence[SampleOutcome], source: CanarySource, started: datetime
    ) -> CanaryReport:
        metrics = measure(outcomes, outlier_threshold=self.config.outlier_threshold)
        errors = [outcome.error for outcome in outcomes if outcome.error is not None]
        verdict = judge(metrics, self.config, errors)
        status, reasons = verdict.status, verdict.reasons
        golden = None
        if self.config.golden_dir is not None:
            try:
                known = await asyncio.to_thread(load_golden, self.config.golden_dir)
            except GoldenFileError as error:
                logger.warning("canary run=%s: %s in %s", self._run_id, error, self.config.golden_dir)
                status, reasons = CanaryStatus.ERROR, (*reasons, str(error))
            else:
                golden = compare_with_golden(known, outcomes)
                reasons = (*reasons, *golden.reasons)
                if golden.reasons and status is CanaryStatus.PASS:
                    status = CanaryStatus.FAIL
        return self._report(
            status,
            reasons,
            source,
            started,
            total_samples=metrics.total,
            matching_samples=metrics.matching,
            minor_drift_samples=metrics.minor_drift,
            major_drift_samples=metrics.major_drift,
            median_cost_diff=metrics.median_cost_diff,
            p90_cost_diff=metrics.p90_cost_diff,
            kl_divergence=None if metrics.divergence is None else round(metrics.divergence, 4),
            outlier_count=metrics.outliers,
            golden_comparison=None if golden is None else golden.to_dict(),
        )

    def _report(
        self,
        status: CanaryStatus,
        reasons: tuple[str, ...],
        source: CanarySource,
        started: datetime,
        *,
        total_samples: int = 0,
        matching_samples: int = 0,
        minor_drift_samples: int = 0,
        major_drift_samples: int = 0,
        median_cost_diff: float | None = None,
        p90_cost_diff: float | None = None,
        kl_divergence: float | None = None,
        outlier_count: int = 0,
        golden_comparison: Mapping[str, Any] | None = None,
    ) -> CanaryReport:
        return CanaryReport(
            run_id=self._run_id,
            timestamp=started,
            status=status,
            total_samples=total_samples,
            matching_samples=matching_samples,
            minor_drift_samples=minor_drift_samples,
            major_drift_samples=major_drift_samples,
            median_cost_diff=median_cost_diff,
            p90_cost_diff=p90_cost_diff,
            kl_divergence=kl_divergence,
            outlier_count=outlier_count,
            passed=status is CanaryStatus.PASS,
            failure_reasons=reasons,
            golden_comparison=golden_comparison,
            tenant_id=self._tenant_id,
            source=source,
            artifacts_required=self.config.save_artifacts,
        )

    async def _simulate_sample(self, sample: CanarySample) -> ComparedSimulation:
        adapter = CostSimV2Adapter(sample.budget_cents, config=self._costsim)
        return await adapter.simulate_with_comparison(sample.plan)

    def _check_samples(self, samples: Sequence[CanarySample]) -> None:
        ids = [sample.id for sample in samples]
        if not ids:
            raise InvalidSamplesError("the list of samples is empty; leave it out to use the synthetic set")
        duplicates = sorted(name for name, count in Counter(ids).items() if count > 1)
        if duplicates:
            raise InvalidSamplesError(f"sample ids must be unique; repeated: {', '.join(duplicates)}")
        if len(ids) > self.config.sample_count:
            raise InvalidSamplesError(
                f"{len(ids)} samples given, but the run takes at most {self.config.sample_count}"
            )

    def _artifacts_root(self) -> Path:
        if self.config.artifacts_dir is None:
            raise ValueError("this run has no artifacts directory")
        return self.config.artifacts_dir

    def _settings(self) -> dict[str, Any]:
        """What a reader of the report needs to repeat the run: thresholds, model and code versions."""
        thresholds = dataclasses.asdict(self.config)
        del thresholds["artifacts_dir"], thresholds["golden_dir"]
        return thresholds | {
            "adapter_version": self._costsim.adapter_version,
            "model_version": self._costsim.model_version,
            "commit_sha": self._costsim.commit_sha,
        }
