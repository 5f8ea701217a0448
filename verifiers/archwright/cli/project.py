"""Options that say which project is meant, where its contracts are, and how its facts are kept."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import msgspec

from archwright.cli.errors import ConfigurationError
from archwright.contracts.errors import ContractErrors
from archwright.contracts.files import DEFAULT_DIRECTORY
from archwright.report.source_lines import SourceLines
from archwright.source.files import read_source

if TYPE_CHECKING:
    from archwright.gate.codebase import CodeBase

CACHE_DIRECTORY = ".archwright_cache"

Command = TypeVar("Command", bound=Callable[..., Any])


class ProjectOptions(msgspec.Struct, frozen=True):
    """A project as named on the command line."""

    directory: Path
    contract_dir: str
    cache_dir: Path | None
    """None: keep facts in memory."""
    jobs: int | None
    """Processes for files not seen before; None: the usable cores."""
    debug: bool = False
    """Show tracebacks."""

    def open(self) -> CodeBase:
        """The code base; raises ``ConfigurationError``."""
        from archwright.gate.codebase import open_code_base
        from archwright.verifiers.catalogue import KINDS

        try:
            return open_code_base(
                self.directory,
                kinds=KINDS,
                contract_dir=self.contract_dir,
                cache_dir=self.cache_dir,
                jobs=self.jobs,
            )
        except ContractErrors as errors:
            raise ConfigurationError.of(errors) from None

    def source_lines(self) -> SourceLines:
        """The lines of the project's files, and of contract files wherever they are."""
        return SourceLines(lambda path: read_source(self.directory / path))


def project_options(command: Command) -> Command:
    """Adds the options that name a project; the command takes them as ``options``."""

    @functools.wraps(command)
    def with_options(
        *args: Any,
        project: Path | None,
        contracts: str,
        no_cache: bool,
        cache_dir: Path | None,
        jobs: int | None,
        debug: bool,
        **others: Any,
    ) -> Any:
        directory = project if project is not None else find_project(Path.cwd(), contracts)
        kept = None if no_cache else cache_dir or directory / CACHE_DIRECTORY
        options = ProjectOptions(directory, _relative(contracts, directory), kept, jobs, debug)
        return command(*args, options=options, **others)

    declared: Any = with_options
    for option in reversed(_OPTIONS):
        declared = option(declared)
    return declared  # type: ignore[no-any-return]  # click's decorators keep the callable


def find_project(start: Path, contract_dir: str) -> Path:
    """The nearest directory, from *start* upwards, with contract files in its *contract_dir*; *start* if there is none."""
    for directory in (start, *start.parents):
        contracts = directory / contract_dir
        if any(True for pattern in ("*.yaml", "*.yml") for _ in contracts.glob(pattern)):
            return directory
    return start


def _relative(contracts: str, directory: Path) -> str:
    if os.path.isabs(contracts):
        contracts = os.path.relpath(contracts, directory)
    return contracts.replace(os.sep, "/")


_OPTIONS = (
    click.option(
        "--project",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="DIR",
        help="The project; default: the nearest directory, from here upwards, with contracts.",
    ),
    click.option(
        "--contracts",
        default=DEFAULT_DIRECTORY,
        show_default=True,
        metavar="DIR",
        help="Where the contract files are, relative to the project.",
    ),
    click.option("--no-cache", is_flag=True, help="Neither read nor write facts kept from earlier runs."),
    click.option(
        "--cache-dir",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        help=f"Where facts are kept; default: {CACHE_DIRECTORY} in the project.",
    ),
    click.option(
        "--jobs", type=click.IntRange(min=1), metavar="N", help="Processes for files not seen before."
    ),
    click.option(
        "--debug", is_flag=True, help="Show tracebacks of crashed verifiers and of internal errors."
    ),
)

color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colours; auto: on a terminal, unless NO_COLOR is set.",
)
