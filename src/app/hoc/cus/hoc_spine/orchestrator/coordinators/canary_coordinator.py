# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Runs a canary inside one transaction it owns, and reports only what is committed.
# Callers: spine analytics_handler
# Allowed Imports: L4, L5_engines, L5_schemas, app.infra, sqlalchemy
# Forbidden Imports: L2
"""Runs a canary inside one transaction it owns, and reports only what is committed."""

import os
import uuid
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_engines.canary_engine import CanaryEngine
from app.hoc.cus.analytics.L5_engines.config_engine import CostSimConfig
from app.hoc.cus.analytics.L5_engines.costsim_models import CanaryReport
from app.hoc.cus.analytics.L5_schemas.canary_run import CanaryRunConfig, CanarySample
from app.infra.settings import Settings


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

        No connection is held while samples are compared: the transaction reaches the database with its
        first statement, the insert. Raises what ``CanaryEngine.run`` and the database raise; nothing is
        indexed then.
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
        async with self._session.begin():
            return await engine.run(samples)
