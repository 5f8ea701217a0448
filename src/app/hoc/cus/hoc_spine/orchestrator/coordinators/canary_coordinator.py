# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Runs a canary as the elected runner inside one transaction it owns, and reports only what is committed.
# Callers: spine analytics_handler, costsim_handler, canary_run_handler, provenance_coordinator
# Allowed Imports: L4, L5_engines, L5_schemas, L6, app.db, app.infra, sqlalchemy
# Forbidden Imports: L2
# Emits: none
"""Runs a canary as the elected runner inside one transaction it owns, and reports only what is committed.

One canary runs at a time, whoever asked for it; a second one is recorded as skipped. Which of the two it was is
a coordination decision and goes to its audit, in the same transaction as the report.
"""

import os
import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from app.db import get_async_session
from app.hoc.cus.analytics.L5_engines.canary_engine import CanaryEngine
from app.hoc.cus.analytics.L5_engines.canary_samples import samples_from_provenance
from app.hoc.cus.analytics.L5_engines.config_engine import CostSimConfig
from app.hoc.cus.analytics.L5_engines.costsim_models import CanaryReport
from app.hoc.cus.analytics.L5_schemas.canary_report import CanarySource, CanaryStatus
from app.hoc.cus.analytics.L5_schemas.canary_run import CanaryRunConfig, CanarySample
from app.hoc.cus.analytics.L6_drivers.audit_persistence import persist_audit_record
from app.hoc.cus.analytics.L6_drivers.leader import LOCK_CANARY_RUNNER, LeaderContext
from app.hoc.cus.analytics.L6_drivers.provenance_async import query_provenance
from app.hoc.cus.hoc_spine.orchestrator.transaction import transaction
from app.infra.settings import Settings
from app.infra.time import utc_now

REPLAYED_DAYS = 7
NOT_LEADER_REASON = "another canary is running; only one runs at a time"


def load_costsim_config() -> CostSimConfig:
    """Read the cost simulation settings from the environment: the only place that does.

    Raises ``SettingsError`` naming every malformed variable.
    """
    return CostSimConfig.from_env(os.environ, data_dir=Settings.from_env().data_dir.absolute())


class CanaryCoordinator:
    """Owns the transaction of a canary run; one per operation call."""

    def __init__(self, session: AsyncSession, config: CostSimConfig) -> None:
        self._session = session
        self._config = config

    async def run(
        self,
        tenant_id: str,
        *,
        samples: Sequence[CanarySample] | None,
        sample_count: int,
        drift_threshold: float | None,
    ) -> CanaryReport:
        """Run a canary for a tenant and commit its report, whatever the status; returns it after the
        commit.

        Without ``samples`` it replays the tenant's successful simulations of the last days, or the synthetic
        set where there are none. No connection is held while samples are compared: the transaction reaches
        the database with its first statement, the insert. Raises what ``CanaryEngine.run`` and the database
        raise, and ``LeadershipLostError`` when another process may have become the runner meanwhile; nothing
        is indexed then.
        """
        config = self._config
        engine = CanaryEngine(
            CanaryRunConfig(
                artifacts_dir=config.artifacts_dir,
                golden_dir=config.golden_dir,
                enabled=config.canary_enabled,
                sample_count=sample_count,
                max_runtime_seconds=config.canary_max_seconds,
                parallel_workers=config.canary_workers,
                drift_threshold=config.drift_threshold if drift_threshold is None else drift_threshold,
            ),
            tenant_id=tenant_id,
            run_id=uuid.uuid4().hex[:12],
            session=self._session,
            costsim=config,
        )
        async with LeaderContext(LOCK_CANARY_RUNNER) as leader:
            source = CanarySource.GIVEN
            if samples is None and leader:
                samples = await _recorded_samples(tenant_id, sample_count) or None
                source = CanarySource.PROVENANCE
            async with transaction(self._session):
                report = await engine.run(
                    samples, source=source, skip_reason=None if leader else NOT_LEADER_REASON
                )
                await _audit_run(self._session, report)
        return report


async def _recorded_samples(tenant_id: str, count: int) -> tuple[CanarySample, ...]:
    async with get_async_session(read_only=True) as session:
        records = await query_provenance(
            tenant_id,
            start_date=utc_now() - timedelta(days=REPLAYED_DAYS),
            limit=count,
            session=session,
            status="success",
            source="sandbox",
        )
    return samples_from_provenance(records)


async def _audit_run(session: AsyncSession, report: CanaryReport) -> None:
    """Record who got to run; that it cannot be recorded is logged and harms nothing."""
    await session.run_sync(_persist_decision, report)


def _persist_decision(session: Session, report: CanaryReport) -> None:
    skipped = report.status is CanaryStatus.SKIPPED
    persist_audit_record(
        session,
        str(uuid.uuid4()),
        f"canary:{report.run_id}",
        "COST",
        "REJECTED" if skipped else "APPLIED",
        "; ".join(report.failure_reasons) if skipped else "elected as the canary runner",
        report.timestamp,
        tenant_id=report.tenant_id,
    )
