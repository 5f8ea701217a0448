# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Keeps batches of provenance on disk while the database cannot take them.
# Callers: L5 provenance, spine provenance_coordinator
# Allowed Imports: stdlib, L5_engines, app.infra.time
# Forbidden Imports: L2, L4, L6, L7, sqlalchemy
"""The spool: one immutable file per batch, whole or absent, so that processes can share the directory.

Two processes that empty it at once write the same records twice, which the database ignores. What can never be
stored, or not be read, is kept under ``refused``.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path

from app.hoc.cus.analytics.L5_engines.canary_artifacts import write_atomically
from app.infra.time import utc_now

FILE_LIMIT = 10_000
_SUFFIX = ".jsonl"
_REFUSED = "refused"


class SpoolError(RuntimeError):
    """The spool cannot be written or read."""


class ProvenanceSpool:
    """Batches of lines below ``directory``, oldest first; at most ``file_limit`` of them."""

    def __init__(self, directory: Path, *, file_limit: int = FILE_LIMIT) -> None:
        self._directory = directory
        self._file_limit = file_limit

    def names(self) -> list[str]:
        """The batches, oldest first. Raises nothing: a directory that cannot be read holds nothing to use."""
        try:
            return sorted(path.name for path in self._directory.glob(f"*{_SUFFIX}"))
        except OSError:
            return []

    def put(self, lines: Sequence[str], *, refused: bool = False) -> None:
        """Add a batch durably. Raises ``SpoolError`` when the directory is full or cannot be written."""
        if not refused and len(self.names()) >= self._file_limit:
            raise SpoolError(f"{self._directory} holds {self._file_limit} batches already")
        directory = self._directory / _REFUSED if refused else self._directory
        # The name sorts by time; the rest keeps processes apart.
        name = f"{utc_now():%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex}{_SUFFIX}"
        try:
            directory.mkdir(parents=True, exist_ok=True)
            write_atomically(directory / name, "".join(f"{line}\n" for line in lines).encode())
        except OSError as error:
            raise SpoolError(f"{directory} cannot be written: {error}") from error

    def read(self, name: str) -> list[str]:
        """The lines of a batch; none when another process has taken it. Raises ``SpoolError``."""
        try:
            return (self._directory / name).read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            raise SpoolError(f"{name} cannot be read: {error}") from error

    def remove(self, name: str) -> None:
        """Forget a batch that is stored. A file that cannot be removed is stored again, to no effect."""
        try:
            (self._directory / name).unlink(missing_ok=True)
        except OSError:
            return

    def set_aside(self, name: str) -> None:
        """Move an unreadable batch out of the way, for people to look at."""
        try:
            (self._directory / _REFUSED).mkdir(exist_ok=True)
            (self._directory / name).replace(self._directory / _REFUSED / name)
        except OSError:
            return
