# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Operation analytics.costsim.datasets: the reference datasets, and validations recorded as artifacts.
# Callers: spine costsim_handler
# Allowed Imports: L4, L5_engines, L5_schemas, sqlalchemy
# Forbidden Imports: L2
# Emits: none
"""``analytics.costsim.datasets``. Codes for the caller's mistakes: UNKNOWN_METHOD, MISSING_DATASET_ID, NOT_FOUND."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_engines.config_engine import CostSimConfig
from app.hoc.cus.analytics.L5_engines.costsim_models import ValidationResult
from app.hoc.cus.analytics.L5_engines.datasets import ACCEPTABLE, DatasetValidator, UnknownDatasetError
from app.hoc.cus.analytics.L5_schemas.analytics_artifact import input_window_hash
from app.hoc.cus.analytics.L5_schemas.request_refused import RequestRefusedError
from app.hoc.cus.hoc_spine.orchestrator.handlers.analytics_handler import announce, record_artifact
from app.hoc.cus.hoc_spine.orchestrator.handlers.method_dispatch import dispatch, operation_time
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext, OperationResult
from app.hoc.cus.hoc_spine.orchestrator.transaction import transaction


class CostsimDatasetsHandler:
    """``analytics.costsim.datasets``: ``list`` (default), ``info``, ``validate``, ``validate_all``.

    A validation is registered as an artifact of the dataset's version, in one transaction per call: validating
    again with the same code changes nothing, with other code it supersedes the record.
    """

    def __init__(self, config: CostSimConfig) -> None:
        self._config = config
        self._validator = DatasetValidator(config)

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Serve one call."""
        return await dispatch(
            replace(ctx, params={"method": "list", **ctx.params}),
            {
                "list": self._list,
                "info": self._info,
                "validate": self._validate,
                "validate_all": self._validate_all,
            },
        )

    async def _list(self, ctx: OperationContext, session: AsyncSession) -> dict[str, Any]:
        return {"datasets": [dataset.to_dict() for dataset in self._validator.list_datasets()]}

    async def _info(
        self, ctx: OperationContext, session: AsyncSession, *, dataset_id: str = ""
    ) -> dict[str, Any]:
        self._require(dataset_id)
        dataset = self._validator.get_dataset(dataset_id)
        return dataset.to_dict() | {"sample_tags": dataset.sample_tags}

    async def _validate(
        self, ctx: OperationContext, session: AsyncSession, *, dataset_id: str = ""
    ) -> ValidationResult:
        self._require(dataset_id)
        result = await self._validator.validate_dataset(dataset_id)
        await self._register(ctx.tenant_id, session, [dataset_id])
        return result

    async def _validate_all(self, ctx: OperationContext, session: AsyncSession) -> dict[str, Any]:
        results = await self._validator.validate_all()
        await self._register(ctx.tenant_id, session, list(results))
        return {
            "all_passed": all(result.verdict == ACCEPTABLE for result in results.values()),
            "results": results,
            "timestamp": operation_time(ctx),
        }

    def _require(self, dataset_id: str) -> None:
        if not dataset_id:
            raise RequestRefusedError("MISSING_DATASET_ID", "Name the dataset: dataset_id is missing.")
        try:
            self._validator.get_dataset(dataset_id)
        except UnknownDatasetError as error:
            raise RequestRefusedError("NOT_FOUND", str(error)) from error

    async def _register(self, tenant_id: str, session: AsyncSession, dataset_ids: Sequence[str]) -> None:
        events = []
        async with transaction(session):
            for dataset_id in dataset_ids:
                dataset = self._validator.get_dataset(dataset_id)
                artifact_id = f"costsim.{dataset_id}"
                _, event = await record_artifact(
                    session,
                    tenant_id,
                    dataset_id=artifact_id,
                    dataset_version=f"{dataset.version}-{dataset.content_hash[:12]}",
                    input_window_hash=input_window_hash(
                        tenant_id=tenant_id,
                        dataset_id=artifact_id,
                        window_start=None,
                        window_end=None,
                        filters={"content_hash": dataset.content_hash},
                    ),
                    # The data is what was published then; when it is validated makes no difference to it.
                    as_of=dataset.published,
                    compute_code_version=f"{self._config.model_version}+{self._config.commit_sha}"[:64],
                    supersede=True,
                )
                events.append(event)
        for event in events:
            announce(event)
