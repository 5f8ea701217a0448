# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Reads suppression rules, and the records of what they prevented, as of a moment.
# Callers: L5 incidents_facade, spine {incident_answers, incidents_export_handler}
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: incident_suppression_rules, prevention_records
# Writes: none
"""Suppression read driver. Nothing is read that was written after the moment, a later revocation neither."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.incidents.L5_schemas.incident_records import PreventionRow, SuppressionRule
from app.models.incident_prevention import IncidentSuppressionRule, PreventionRecord


class IncidentPreventionReadDriver:
    """Data of one tenant per call."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def fetch_suppression_rules(
        self, tenant_id: str, *, include_ended: bool, as_of: datetime
    ) -> list[SuppressionRule]:
        """The tenant's rules, newest first, ties by id; those revoked or expired by ``as_of`` only when asked for."""
        rule = IncidentSuppressionRule
        conditions = [rule.tenant_id == tenant_id, rule.created_at <= as_of]
        if not include_ended:
            conditions += [
                or_(rule.expires_at.is_(None), rule.expires_at > as_of),
                or_(rule.revoked_at.is_(None), rule.revoked_at > as_of),
            ]
        rows = await self._session.scalars(
            select(rule).where(*conditions).order_by(rule.created_at.desc(), rule.id)
        )
        return [_suppression_rule(row, as_of) for row in rows]

    async def fetch_prevention_records(
        self, tenant_id: str, *, rule_id: str | None, limit: int, offset: int, as_of: datetime
    ) -> tuple[list[PreventionRow], int]:
        """A page of the tenant's records, of one rule if one is named, newest first, ties by id; and how many there
        are altogether.
        """
        record = PreventionRecord
        conditions = [record.tenant_id == tenant_id, record.created_at <= as_of]
        if rule_id is not None:
            conditions.append(record.rule_id == rule_id)
        total = await self._session.scalar(select(func.count()).select_from(record).where(*conditions))
        rows = await self._session.scalars(
            select(record)
            .where(*conditions)
            .order_by(record.created_at.desc(), record.id)
            .limit(limit)
            .offset(offset)
        )
        return [_prevention_row(row) for row in rows], total or 0


def get_incident_prevention_read_driver(session: AsyncSession) -> IncidentPreventionReadDriver:
    """Return a driver on ``session``."""
    return IncidentPreventionReadDriver(session)


def _prevention_row(row: PreventionRecord) -> PreventionRow:
    return PreventionRow(
        id=row.id,
        tenant_id=row.tenant_id,
        rule_id=row.rule_id,
        incident_id=row.incident_id,
        source_type=row.source_type,
        source_ref=row.source_ref,
        outcome=row.outcome,
        reason=row.reason,
        created_at=row.created_at,
    )


def _suppression_rule(row: IncidentSuppressionRule, as_of: datetime) -> SuppressionRule:
    """The rule, without a revocation that came later."""
    revoked = row.revoked_at is not None and row.revoked_at <= as_of
    return SuppressionRule(
        id=row.id,
        tenant_id=row.tenant_id,
        category=row.category,
        trigger_type=row.trigger_type,
        reason=row.reason,
        created_by=row.created_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at if revoked else None,
        revoked_by=row.revoked_by if revoked else None,
    )
