"""Writing to streams and files, and what the terminal behind a stream can show."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from archwright.report.style import Style


class ClosedOutputError(Exception):
    """Whoever reads the output has seen enough. Not an ``OSError``: click would turn that into exit code 1."""


def write(text: str, *, err: bool = False) -> None:
    """Write *text* as it is; characters the stream cannot encode are written as escapes.

    Raises ``ClosedOutputError``.
    """
    stream = sys.stderr if err else sys.stdout
    encoding = getattr(stream, "encoding", None) or "utf-8"
    encodable = text.encode(encoding, "backslashreplace").decode(encoding)
    try:
        click.echo(encodable, nl=False, err=err, color=True)
    except BrokenPipeError:
        raise ClosedOutputError from None


def write_file(path: str, text: str) -> None:
    """Write *text* to the file at *path*; raises a usage error when that is not possible."""
    try:
        Path(path).write_bytes(text.encode())
    except OSError as error:
        raise click.UsageError(f'cannot write "{path}": {error.strerror}') from None


def append_file(path: str, text: str) -> None:
    """Add *text* to the end of the file at *path*; raises a usage error when that is not possible."""
    try:
        with Path(path).open("ab") as file:
            file.write(text.encode())
    except OSError as error:
        raise click.UsageError(f'cannot write "{path}": {error.strerror}') from None


def stdout_style(color: str) -> Style:
    """What stdout can show. *color*: auto, always or never; auto follows the terminal and its conventions
    (NO_COLOR, see no-color.org; FORCE_COLOR; CLICOLOR_FORCE; TERM=dumb).
    """
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("_", "-")
    return Style(color=_colored(color), unicode=encoding in {"utf-8", "utf8"})


def _colored(color: str) -> bool:
    if color != "auto":
        return color == "always"
    environment = os.environ
    if environment.get("NO_COLOR"):
        return False
    if any(environment.get(name, "0") not in {"", "0"} for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return environment.get("TERM") != "dumb" and sys.stdout.isatty()
