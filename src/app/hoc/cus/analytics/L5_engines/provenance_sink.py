# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: The way of provenance into the database, as the logger sees it; the spine provides one.
# Callers: L5 provenance
# Allowed Imports: stdlib, L5_schemas
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""The port behind which provenance is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from app.hoc.cus.analytics.L5_schemas.provenance_record import ProvenanceRecord


class ProvenanceRefusedError(ValueError):
    """The database will never take this: the data is at fault, not the connection."""


class ProvenanceSink(Protocol):
    """The way into the database. ``write`` commits before it returns; it raises ``ProvenanceRefusedError`` for
    data that can never be stored and anything else when trying later may help.
    """

    async def write(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Store all records or none."""
        ...

    async def read(
        self,
        *,
        tenant_id: str,
        start_date: datetime | None,
        end_date: datetime | None,
        input_hash: str | None,
        status: str | None,
        limit: int,
    ) -> Sequence[ProvenanceRecord]:
        """Return stored records, newest first."""
        ...
