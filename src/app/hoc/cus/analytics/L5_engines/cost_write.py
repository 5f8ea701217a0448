# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Rules of cost metering: which tags, records and budgets are accepted and how they are classified.
# Callers: spine analytics_cost_write_handler
# Allowed Imports: L5_schemas, L6
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""The cost write service. It runs inside the transaction of whoever made its driver."""

from __future__ import annotations

import dataclasses
import logging
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.hoc.cus.analytics.L5_schemas.cost_rows import (
    BudgetType,
    CostBudgetRow,
    CostRecordRow,
    FeatureTagRow,
    NewCostRecord,
)
from app.hoc.cus.analytics.L5_schemas.request_refused import RequestRefusedError
from app.hoc.cus.analytics.L6_drivers.cost_write_driver import CostWriteDriver

logger = logging.getLogger(__name__)

UNCLASSIFIED = "unclassified"
_TAG = re.compile(r"[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9][a-z0-9_-]*)+")


class CostWriteService:
    """Creates feature tags, cost records and budgets."""

    def __init__(self, driver: CostWriteDriver) -> None:
        self._driver = driver

    def create_feature_tag(
        self,
        tenant_id: str,
        tag: str,
        display_name: str,
        description: str | None,
        budget_cents: Decimal | None,
        *,
        now: datetime,
    ) -> FeatureTagRow:
        """Create a tag. Raises ``RequestRefusedError``: CONFLICT when it exists, INVALID_TAG without a
        dot.
        """
        if not _TAG.fullmatch(tag):
            raise RequestRefusedError(
                "INVALID_TAG",
                "A feature tag is lower-case words joined by dots, at least two, such as support.triage.",
            )
        row = self._driver.create_feature_tag(
            tenant_id, tag, display_name, description, budget_cents, now=now
        )
        if row is None:
            raise RequestRefusedError("CONFLICT", "This feature tag exists already; change it instead.")
        return row

    def update_feature_tag(
        self, tenant_id: str, tag: str, changes: Mapping[str, Any], *, now: datetime
    ) -> tuple[FeatureTagRow, FeatureTagRow]:
        """Change a tag, and return it before and after; what ``changes`` does not name stays. Raises
        ``RequestRefusedError``.
        """
        if not changes:
            raise RequestRefusedError("MISSING_CHANGES", "Nothing to change: name at least one field.")
        if any(changes.get(column, ...) is None for column in ("display_name", "is_active")):
            raise RequestRefusedError("INVALID_CHANGES", "display_name and is_active cannot be emptied.")
        changed = self._driver.update_feature_tag(tenant_id, tag, changes, now=now)
        if changed is None:
            raise RequestRefusedError("NOT_FOUND", "There is no such feature tag.")
        return changed

    def create_cost_record(
        self, record: NewCostRecord, *, idempotency_key: str | None = None
    ) -> tuple[CostRecordRow, bool]:
        """Record a metered call and return it with whether it is new.

        A tag that is unknown or inactive is replaced by ``unclassified``; a missing one stays missing. With
        an ``idempotency_key`` the same call is recorded once. Raises ``RequestRefusedError`` CONFLICT when
        the key was used for another call.
        """
        if record.feature_tag is not None:
            tag = self._driver.find_feature_tag(record.tenant_id, record.feature_tag)
            if tag is None or not tag.is_active:
                logger.warning("cost record of tenant %s has an unusable feature tag", record.tenant_id)
                record = dataclasses.replace(record, feature_tag=UNCLASSIFIED)
        record = dataclasses.replace(record, key=idempotency_key)
        stored, created = self._driver.create_cost_record(record)
        if not created and _content(stored) != _content(record):
            raise RequestRefusedError("CONFLICT", "This idempotency key was used for another cost record.")
        return stored, created

    def create_or_update_budget(
        self,
        tenant_id: str,
        budget_type: BudgetType,
        entity_id: str | None,
        daily_limit_cents: Decimal | None,
        monthly_limit_cents: Decimal | None,
        warn_threshold_pct: int,
        hard_limit_enabled: bool,
        *,
        now: datetime,
    ) -> tuple[CostBudgetRow | None, CostBudgetRow]:
        """Create the budget of a tenant, feature or user, or overwrite it; returns what it was, None for a new one, and
        what it is. Raises ``RequestRefusedError``.
        """
        if (budget_type is BudgetType.TENANT) != (entity_id is None):
            raise RequestRefusedError(
                "INVALID_BUDGET", "A feature or user budget names its entity_id, a tenant budget has none."
            )
        if daily_limit_cents is None and monthly_limit_cents is None:
            raise RequestRefusedError("INVALID_BUDGET", "Give a daily or a monthly limit.")
        return self._driver.create_or_update_budget(
            tenant_id,
            budget_type,
            entity_id,
            daily_limit_cents,
            monthly_limit_cents,
            warn_threshold_pct,
            hard_limit_enabled,
            now=now,
        )


def get_cost_write_service(driver: CostWriteDriver) -> CostWriteService:
    """Return the service on a driver."""
    return CostWriteService(driver)


def _content(record: NewCostRecord | CostRecordRow) -> dict[str, Any]:
    """What a repetition has to repeat. The time is the server's, and a tag may have changed in between."""
    ignored = ("id", "key", "created_at", "feature_tag")
    return {name: value for name, value in dataclasses.asdict(record).items() if name not in ignored}
