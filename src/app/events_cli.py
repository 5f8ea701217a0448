"""``hoc events``: what happened, as consumers see it."""

import json
from typing import Any

import click


@click.group()
def events() -> None:
    """Read the events of tenants, in order."""


@events.command("tail")
@click.option("--tenant", help="Only this tenant's events.")
@click.option("--project", help="Only this project's events; __system__ is what belongs to none.")
@click.option("--type", "types", multiple=True, help="Only events of this type; may be repeated.")
@click.option(
    "--from",
    "first",
    default=1,
    show_default=True,
    type=click.IntRange(1),
    help="The sequence number to begin with, per tenant and project.",
)
@click.option("--follow", is_flag=True, help="Wait for more until interrupted.")
def tail(tenant: str | None, project: str | None, types: tuple[str, ...], first: int, follow: bool) -> None:
    """Print events, one JSON object per line; per tenant and project in order and without gaps."""
    from app.hoc.cus.hoc_spine.authority.event_types import EXTENSION_FIELDS
    from app.lifecycle import run

    unknown = sorted(set(types) - set(EXTENSION_FIELDS))
    if unknown:
        raise click.BadParameter(
            f"There is no event type {', '.join(unknown)}; known are {', '.join(sorted(EXTENSION_FIELDS))}.",
            param_hint="--type",
        )
    chosen = {"tenant_id": tenant, "project_id": project, "event_types": types, "first": first}
    try:
        run(lambda: _print(chosen | {"follow": follow}))
    except KeyboardInterrupt:
        # How following ends.
        return


async def _print(chosen: dict[str, Any]) -> None:
    from app.hoc.cus.hoc_spine.orchestrator.event_tail import tail_events

    async for event in tail_events(**chosen):
        click.echo(json.dumps(event, ensure_ascii=False))
