"""``hoc incidents``: what a scheduler runs for a tenant, through the same operations as HTTP."""

import click

from app.operations_cli import execute


@click.group()
def incidents() -> None:
    """Resolve incidents nobody needs to look at, e.g. from a scheduler."""


@incidents.command("resolve-stale")
@click.option("--tenant", required=True, help="Whose incidents.")
@click.option(
    "--limit", default=100, show_default=True, type=click.IntRange(1, 1000), help="How many at most."
)
def resolve_stale(tenant: str, limit: int) -> None:
    """Resolve incidents of triggers that have been silent for a quarter of an hour.

    What a person or an anomaly has opened, and what somebody has acknowledged, waits for a person.
    """
    resolved = execute(
        tenant, "incidents:admin", "incidents.write", {"method": "resolve_stale_incidents", "limit": limit}
    )
    click.echo(f"{resolved['count']} incidents resolved")
    for incident in resolved["incidents"]:
        click.echo(f"  {incident.id}  {incident.title}")
