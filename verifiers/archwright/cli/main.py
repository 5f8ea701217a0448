"""The entry point of the command ``archwright``."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

import click

from archwright.cli.output import ClosedOutputError

_RECURSION_LIMIT = 10_000
"""Facts are trees as deep as the code they come from; the default limit is below what the extractor lets through."""

USAGE_ERROR = 2
_INTERRUPTED = 130
_BROKEN_PIPE = 141


def _baseline() -> click.Command:
    from archwright.cli.baseline import baseline

    return baseline


def _check() -> click.Command:
    from archwright.cli.check import check

    return check


def _docs() -> click.Command:
    from archwright.cli.docs import docs

    return docs


def _explain() -> click.Command:
    from archwright.cli.explain import explain

    return explain


def _facts() -> click.Command:
    from archwright.cli.facts import facts

    return facts


def _init() -> click.Command:
    from archwright.cli.init import init

    return init


def _prove() -> click.Command:
    from archwright.cli.prove import prove

    return prove


def _kinds() -> click.Command:
    from archwright.cli.kinds import kinds

    return kinds


def _schema() -> click.Command:
    from archwright.cli.schema import schema

    return schema


def _why() -> click.Command:
    from archwright.cli.why import why

    return why


_COMMANDS: Mapping[str, Callable[[], click.Command]] = {
    "baseline": _baseline,
    "check": _check,
    "docs": _docs,
    "explain": _explain,
    "facts": _facts,
    "init": _init,
    "prove": _prove,
    "kinds": _kinds,
    "schema": _schema,
    "why": _why,
}


class LazyGroup(click.Group):
    """Imports the module of a command when the command is used, or when help is shown."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command called *cmd_name*."""
        load = _COMMANDS.get(cmd_name)
        return load() if load is not None else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Like click's own, with a suggestion for a name that does not exist."""
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            from archwright.contracts.errors import suggestion

            hint = suggestion(args[0], _COMMANDS, "commands")
            raise click.UsageError(f'no command "{args[0]}"; {hint}', ctx)
        return super().resolve_command(ctx, args)


def _print_version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"archwright {version('archwright')}")
        ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version.",
)
def archwright() -> None:
    """Contracts about the architecture of a Python code base, decided by understanding the code.

    Exit codes: 0 clean, 1 findings, 2 wrong configuration, wrong usage or an internal error.
    """


def main(args: list[str] | None = None) -> int:
    """Runs the command line and returns the exit code."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _RECURSION_LIMIT))
    arguments = sys.argv[1:] if args is None else args
    try:
        result: Any = archwright.main(arguments, prog_name="archwright", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return USAGE_ERROR
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return _INTERRUPTED
    except ClosedOutputError:
        # What is left in the buffer must not be written at exit, or Python complains.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    except Exception as error:
        if "--debug" in arguments:
            raise
        click.echo(f"internal error: {type(error).__name__}: {error}", err=True)
        click.echo("  hint: this is a defect of archwright; --debug shows where it happens", err=True)
        return USAGE_ERROR
    return result if isinstance(result, int) else 0
