"""Errors that end a command with exit code 2."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, Any

import click

from archwright.cli.output import write
from archwright.contracts.errors import ContractError, ContractErrors
from archwright.model import Location
from archwright.report.text import counted, place, printable


class ConfigurationError(click.ClickException):
    """Contracts that cannot be used, or a question about something that does not exist."""

    exit_code = 2

    def __init__(self, errors: Iterable[ContractError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(map(str, self.errors)))

    @classmethod
    def of(cls, errors: ContractErrors) -> ConfigurationError:
        """Everything that is wrong in a set of contract files."""
        return cls(errors.errors)

    def show(self, file: IO[Any] | None = None) -> None:
        """Write every error with its remedy to stderr."""
        lines: list[str] = []
        for error in self.errors:
            where = place(Location(error.path, error.line, error.column))
            lines.append(f"{where}: {printable(error.message)}")
            if error.hint:
                lines.append(f"  hint: {printable(error.hint)}")
        lines.append(f"{counted(len(self.errors), 'configuration error')}; nothing was checked")
        write("\n".join(lines) + "\n", err=True)
