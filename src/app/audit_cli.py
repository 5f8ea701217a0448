"""``hoc audit``: who changed what, and which operations were called."""

import json
from dataclasses import asdict
from typing import Any

import click

_LIMIT = click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 10_000))


@click.group()
def audit() -> None:
    """Read who changed what, and what was called."""


@audit.command("changes")
@click.option("--tenant", required=True, help="Whose thing it is.")
@click.option("--entity-type", required=True, help="E.g. incident.")
@click.option("--entity-id", required=True, help="The id of the thing.")
@_LIMIT
def changes(tenant: str, entity_type: str, entity_id: str, limit: int) -> None:
    """Print the changes of one thing, oldest first, one JSON object per line."""
    from app.lifecycle import run

    chosen = {"entity_type": entity_type, "entity_id": entity_id, "limit": limit}
    _print(run(lambda: _changes(tenant, chosen)))


@audit.command("dispatches")
@click.option("--operation", help="Only calls of this operation.")
@click.option("--tenant", help="Only calls for this tenant.")
@_LIMIT
def dispatches(operation: str | None, tenant: str | None, limit: int) -> None:
    """Print the newest calls of operations first, one JSON object per line."""
    from app.lifecycle import run

    chosen = {"operation": operation, "tenant_id": tenant, "limit": limit}
    _print(run(lambda: _dispatches(chosen)))


async def _changes(tenant: str, chosen: dict[str, Any]) -> list[Any]:
    from app.db import get_async_session
    from app.hoc.cus.hoc_spine.drivers.audit_ledger_driver import read_audit_entries
    from app.infra.time import utc_now

    async with get_async_session(read_only=True) as session:
        return await read_audit_entries(session, tenant, as_of=utc_now(), **chosen)


async def _dispatches(chosen: dict[str, Any]) -> list[Any]:
    from app.db import get_async_session
    from app.hoc.cus.hoc_spine.drivers.dispatch_audit_driver import read_dispatch_records

    async with get_async_session(read_only=True) as session:
        return await read_dispatch_records(session, **chosen)


def _print(records: list[Any]) -> None:
    for record in records:
        click.echo(json.dumps(asdict(record), default=str, ensure_ascii=False))
    if not records:
        click.echo("Nothing is recorded.", err=True)
