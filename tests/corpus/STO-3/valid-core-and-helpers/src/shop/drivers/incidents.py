from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.incident import Incident as Row

_SHOWN = (Row.id, Row.resolution_type, Row.resolution_summary)


class IncidentDriver:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def resolve(self, incident_id, kind, summary):
        await self._change(incident_id, resolution_type=kind, resolution_summary=summary)

    async def _change(self, incident_id, **values):
        statement = sa.update(Row).where(Row.id == incident_id)
        statement = statement.values(**values)
        await self._session.execute(statement)

    async def fetch(self, incident_id):
        return (await self._session.execute(_query(incident_id))).one()


def _query(incident_id):
    return select(*_SHOWN).where(Row.id == incident_id).order_by(Row.id.desc())
