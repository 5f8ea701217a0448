"""The command ``hoc``. Commands import what they need when they run, so that ``hoc --help`` is instant."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from app.infra.database_url import DatabaseTarget

T = TypeVar("T")


def _analytics() -> click.Command:
    from app.analytics_cli import analytics

    return analytics


def _audit() -> click.Command:
    from app.audit_cli import audit

    return audit


def _canary() -> click.Command:
    from app.canary_cli import canary

    return canary


def _demo() -> click.Command:
    from app.demo import demo

    return demo


def _events() -> click.Command:
    from app.events_cli import events

    return events


def _incidents() -> click.Command:
    from app.incidents_cli import incidents

    return incidents


# Commands that live beside what they run: name -> (what imports it, one line for the help text).
_COMMANDS_ELSEWHERE = {
    "analytics": (_analytics, "Detect anomalies, patterns and predict, e.g. from a scheduler."),
    "audit": (_audit, "Read who changed what, and what was called."),
    "canary": (_canary, "Run cost simulation canaries."),
    "demo": (_demo, "Fill the database with a realistic example and print what to open."),
    "events": (_events, "Read the events of tenants, in order."),
    "incidents": (_incidents, "Resolve incidents of triggers that have gone silent, e.g. from a scheduler."),
}


class HocGroup(click.Group):
    """Finds commands of other modules by name, and shows the system's own errors as messages, not as
    tracebacks.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all command names."""
        return sorted({*super().list_commands(ctx), *_COMMANDS_ELSEWHERE})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, importing its module if it lives elsewhere."""
        if cmd_name not in _COMMANDS_ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        load, _ = _COMMANDS_ELSEWHERE[cmd_name]
        return load()

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any module for it."""
        rows = [(name, command.get_short_help_str()) for name, command in self.commands.items()]
        rows += [(name, help_text) for name, (_, help_text) in _COMMANDS_ELSEWHERE.items()]
        with formatter.section("Commands"):
            formatter.write_dl(sorted(rows))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            message = _readable(error)
            if message is None:
                raise
            raise click.ClickException(message) from error


@click.group(cls=HocGroup)
def hoc() -> None:
    """The HOC analytics and incidents backend.

    Data goes to ./var (or HOC_DATA_DIR); DATABASE_URL selects a PostgreSQL instead of the embedded database.
    """


@hoc.group()
def db() -> None:
    """Migrate the database."""


@db.command("upgrade")
@click.argument("revision", default="head")
def db_upgrade(revision: str) -> None:
    """Bring the schema up to REVISION (default: the newest)."""
    from app.migrations.runner import current_revision, upgrade

    async def work(target: "DatabaseTarget") -> str | None:
        await upgrade(target, revision)
        return await current_revision(target)

    click.echo(f"The database is at revision {_on_database(work)}.")


@db.command("downgrade")
@click.argument("revision")
@click.confirmation_option(prompt="This deletes the data that later revisions hold. Go on?")
def db_downgrade(revision: str) -> None:
    """Take the schema back to REVISION ('base' for an empty database)."""
    from app.migrations.runner import current_revision, downgrade

    async def work(target: "DatabaseTarget") -> str | None:
        await downgrade(target, revision)
        return await current_revision(target)

    click.echo(f"The database is at revision {_on_database(work) or 'none (empty)'}.")


@db.command("current")
def db_current() -> None:
    """Show the revision the database is at and the newest one."""
    from app.migrations.runner import current_revision, head_revision

    current = _on_database(current_revision)
    click.echo(f"current: {current or 'none (empty)'}\nnewest:  {head_revision()}")


@hoc.group()
def keys() -> None:
    """Create, list and revoke API keys."""


@keys.command("create")
@click.option("--tenant", required=True, help="Whose data the key opens; the tenant is created if need be.")
@click.option("--name", required=True, help="What the key is for.")
@click.option("--scope", "scopes", multiple=True, required=True, help="E.g. costsim:read; may be repeated.")
@click.option("--actor", help="Who acts with the key (default: its name).")
@click.option(
    "--expires-days", type=click.IntRange(min=1, max=36_500), help="Days until it expires (default: never)."
)
def keys_create(
    tenant: str, name: str, scopes: tuple[str, ...], actor: str | None, expires_days: int | None
) -> None:
    """Create a key and print it, once: the database keeps only its hash."""
    from app.hoc.cus.hoc_spine.auth.key_service import create_api_key
    from app.lifecycle import run

    expires_in = timedelta(days=expires_days) if expires_days is not None else None
    issued = run(
        lambda: create_api_key(
            tenant_id=tenant, name=name, scopes=scopes, actor_id=actor, expires_in=expires_in
        )
    )
    click.echo("This key is shown once; keep it safe:", err=True)
    click.echo(issued.key)


@keys.command("list")
@click.option("--tenant", help="Only the keys of this tenant.")
def keys_list(tenant: str | None) -> None:
    """List keys (never the keys themselves), newest first."""
    from app.hoc.cus.hoc_spine.auth.key_service import list_api_keys
    from app.infra.time import utc_now
    from app.lifecycle import run

    records = run(lambda: list_api_keys(tenant))
    now = utc_now()
    for record in records:
        state = "revoked" if record.revoked_at else "valid" if record.is_valid_at(now) else "expired"
        expires = f"{record.expires_at:%Y-%m-%d %H:%MZ}" if record.expires_at else "never"
        click.echo(
            f"{record.prefix}  {state:7}  {record.tenant_id}  {record.name}  actor={record.actor_id}  "
            f"{','.join(record.scopes)}  created={record.created_at:%Y-%m-%d %H:%MZ}  expires={expires}"
        )
    if not records:
        click.echo("No keys.", err=True)


@keys.command("revoke")
@click.argument("prefix")
def keys_revoke(prefix: str) -> None:
    """Revoke the key with this PREFIX (the 12 characters after 'hoc_')."""
    from app.hoc.cus.hoc_spine.auth.key_service import revoke_api_key
    from app.lifecycle import run

    record = run(lambda: revoke_api_key(prefix))
    if record is None:
        raise click.ClickException(f"There is no key with the prefix {prefix!r}; 'hoc keys list' shows them.")
    click.echo(
        f"{record.prefix} ({record.tenant_id}, {record.name}) is revoked since {record.revoked_at:%Y-%m-%d}."
    )


@hoc.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65_535))
@click.option("--log-format", default="json", show_default=True, type=click.Choice(["json", "text"]))
def serve(host: str, port: int, log_format: str) -> None:
    """Serve HTTP; /docs describes the API, /metrics, /healthz and /readyz are for its operators."""
    import uvicorn

    from app.infra.structured_log import configure_logging
    from app.lifecycle import run

    async def check() -> None:
        """Fail with a message now rather than with a traceback inside the server."""

    run(check)
    configure_logging(as_json=log_format == "json")
    # Every request has a line of ours in the log, without its query.
    uvicorn.run("app.main:create_app", factory=True, host=host, port=port, log_config=None, access_log=False)


def _on_database(work: Callable[["DatabaseTarget"], Coroutine[Any, Any, T]]) -> T:
    from app.db import database_url

    return asyncio.run(work(database_url()))


def _readable(error: Exception) -> str | None:
    """Return the message of an error that its text alone explains, or None for a bug, which needs its
    traceback.
    """
    from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

    from app.hoc.cus.hoc_spine.auth.key_service import KeyRequestError
    from app.infra.database_url import DatabaseUrlError
    from app.infra.settings import SettingsError
    from app.migrations.runner import SchemaError

    if isinstance(error, SettingsError | DatabaseUrlError | SchemaError | KeyRequestError):
        return str(error)
    if isinstance(error, DBAPIError) and type(error) in (OperationalError, DatabaseError, DBAPIError):
        # Other subclasses, such as IntegrityError and ProgrammingError, are bugs of ours.
        return f"The database cannot be used: {error.orig}"
    if isinstance(error, OSError):
        return f"The database or a file cannot be reached: {error}"
    return None


if __name__ == "__main__":
    hoc(prog_name="hoc")
