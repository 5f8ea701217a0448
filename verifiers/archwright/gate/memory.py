"""Verdicts by content: a run on code, contracts and a suite that are all as they were takes its answer from the last one.

The key is everything the answer depends on – the bytes of the contract files and of every source file, their paths, the suite's
own code and the releases it stands on – so an answer cannot be stale. What a day or a baseline decides is settled anew.
A damaged or unwritable directory costs time, never correctness.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from archwright.contracts.contract import Contract
from archwright.contracts.errors import ContractErrors
from archwright.contracts.patterns import PathPattern, PatternError
from archwright.contracts.places import Located
from archwright.contracts.topology import RootPath
from archwright.contracts.waivers import Day, Waiver
from archwright.gate.results import CRASHED, TIMED_OUT, Decided, FileCounts
from archwright.model import CheckResult, Location
from archwright.source.files import discover, read_source
from archwright.source.overlay import content_key

if TYPE_CHECKING:
    from archwright.gate.codebase import CodeBase

_KEPT = 6
"""Answers kept for one set of contracts: as many branches can be switched between."""
_SETS = 24
"""Sets of contracts that are kept."""
_RELEASES = ("libcst", "msgspec", "PyYAML", "sqlglot")
_LOST = frozenset({CRASHED, TIMED_OUT})


class Judged(Contract, frozen=True, kw_only=True):
    """What a report says about a contract, whatever its kind."""

    rule: str = ""


class Waived(msgspec.Struct, frozen=True):
    """A waiver as plain data."""

    contract: tuple[str, Location]
    symbol: tuple[str, Location]
    owner: str | None
    reason: str | None
    until: date | None
    findings: int
    origin: Location


class Verdicts(msgspec.Struct, frozen=True):
    """What the verifiers said in one run, and the waivers there were."""

    files: FileCounts
    decided: tuple[tuple[Judged, CheckResult], ...]
    waived: tuple[Waived, ...]

    @property
    def waivers(self) -> tuple[Waiver, ...]:
        """The waivers."""
        return tuple(
            Waiver(
                contract=Located(*w.contract),
                symbol=Located(*w.symbol),
                owner=w.owner,
                reason=w.reason,
                until=Day(w.until) if w.until is not None else None,
                findings=w.findings,
                origin=w.origin,
            )
            for w in self.waived
        )


class _Roots(msgspec.Struct, frozen=True):
    """The part of a topology that says which files there are."""

    roots: tuple[str, ...]
    exclude: tuple[str, ...]


class _Stored(msgspec.Struct, frozen=True):
    """One set of contracts."""

    roots: tuple[_Roots, ...]
    answers: dict[str, Verdicts]
    """By the key of the source files, the latest last."""


class _Scope(msgspec.Struct, frozen=True):
    roots: tuple[RootPath, ...]
    exclude: tuple[PathPattern, ...]


class Memory:
    """Answers of earlier runs in *cache_dir*, for the contract files *sources* (path to bytes) of a project."""

    def __init__(
        self, cache_dir: Path, project_dir: str | os.PathLike[str], sources: Mapping[str, bytes]
    ) -> None:
        self._project = Path(project_dir)
        self._directory = cache_dir / f"verdicts-{_suite_digest()}"
        self._path = self._directory / f"{digest(sources)}.msgpack"
        self._stored = self._read()

    def recall(self) -> Verdicts | None:
        """The answer for the code as it is; None when there is none."""
        if self._stored is None:
            return None
        try:
            scopes = [
                _Scope(tuple(map(RootPath, r.roots)), tuple(map(PathPattern, r.exclude)))
                for r in self._stored.roots
            ]
            contents = [
                (file.path, file.module, content_key(read_source(self._project / file.path)))
                for file in discover(self._project, scopes)
            ]
        except (ContractErrors, PatternError, OSError):
            return None
        return self._stored.answers.get(_key(contents))

    def remember(self, code_base: CodeBase, decided: Iterable[Decided]) -> None:
        """Keeps what the verifiers said about a code base, unless something was not decided."""
        ran = list(decided)
        if any(f.evidence in _LOST for _, result in ran for f in result.findings):
            return
        files = code_base.analysis.project.files
        key = _key([(file.path, file.module, file.key.hex()) for file in files])
        contracts = code_base.contracts
        counts = FileCounts(code_base.files.sites, len(code_base.unreadable))
        answers = dict(self._stored.answers) if self._stored is not None else {}
        answers.pop(key, None)
        answers[key] = Verdicts(counts, tuple(map(_judged, ran)), tuple(map(_waived, contracts.waivers)))
        roots = tuple(
            _Roots(tuple(map(str, t.roots)), tuple(pattern.text for pattern in t.exclude))
            for t in contracts.topologies
        )
        stored = _Stored(roots, dict(list(answers.items())[-_KEPT:]))
        try:
            self._write(msgspec.msgpack.encode(stored))
        except OSError:
            return

    def _read(self) -> _Stored | None:
        try:
            return msgspec.msgpack.decode(self._path.read_bytes(), type=_Stored)
        except (OSError, msgspec.MsgspecError):
            return None

    def _write(self, data: bytes) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        scratch = self._path.with_suffix(f".{os.getpid()}")
        scratch.write_bytes(data)
        os.replace(scratch, self._path)
        for other in self._directory.parent.glob("verdicts-*"):
            if other != self._directory:
                _remove(other)
        kept = sorted(self._directory.glob("*.msgpack"), key=lambda p: -p.stat().st_mtime)
        for old in kept[_SETS:]:
            old.unlink(missing_ok=True)


def digest(sources: Mapping[str, bytes]) -> str:
    """Identifies a set of contract files: 32 hexadecimal digits."""
    digester = hashlib.blake2b(digest_size=16)
    for path, data in sorted(sources.items()):
        digester.update(b"%d:%b%d:%b" % (len(path.encode()), path.encode(), len(data), data))
    return digester.hexdigest()


def _key(contents: Iterable[tuple[str, str, str]]) -> str:
    """Identifies files by path, module and content."""
    digester = hashlib.blake2b(digest_size=16)
    for path, module, content in sorted(contents):
        digester.update(f"{path}\0{module}\0{content}\0".encode())
    return digester.hexdigest()


def _judged(decided: Decided) -> tuple[Judged, CheckResult]:
    contract, result = decided
    common = {name: getattr(contract, name) for name in Contract.__struct_fields__}
    return Judged(rule=getattr(contract, "rule", ""), **common), result


def _waived(waiver: Waiver) -> Waived:
    return Waived(
        (str(waiver.contract), waiver.contract.origin),
        (str(waiver.symbol), waiver.symbol.origin),
        waiver.owner,
        waiver.reason,
        waiver.until.date if waiver.until is not None else None,
        waiver.findings,
        waiver.origin,
    )


def _suite_digest() -> str:
    """Identifies the code that decides: this suite's sources, Python and the libraries that read code and SQL."""
    from importlib.metadata import version

    releases = [f"{name} {version(name)}" for name in _RELEASES]
    digester = hashlib.blake2b("\n".join([sys.version, *releases]).encode(), digest_size=8)
    for source in sorted(Path(__file__).parent.parent.rglob("*.py")):
        digester.update(source.read_bytes())
    return digester.hexdigest()


def _remove(directory: Path) -> None:
    for path in directory.glob("*"):
        path.unlink(missing_ok=True)
    directory.rmdir()
