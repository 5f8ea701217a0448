"""Facts by content: a store that is the same with and without its cache.

The key is the file's bytes, the database's name is the extractor's own code and the libcst release; there is no other state, so a
hit cannot be stale. A damaged, locked or unwritable database costs time, never correctness.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from archwright.facts import ir
from archwright.facts.summary import Summary, unreadable

if TYPE_CHECKING:
    from concurrent.futures import Executor

_PARALLEL_FROM = 24
"""Cold files from which a process pool pays for its start."""
_BATCH = 16
_CHUNK = 500

_summary_decoder = msgspec.msgpack.Decoder(Summary)
_module_decoder = msgspec.msgpack.Decoder(ir.Module)


def content_key(data: bytes) -> bytes:
    """The key under which the facts of *data* are stored."""
    return hashlib.blake2b(data, digest_size=16).digest()


class FactStore:
    """Summaries and modules by content key, extracted on demand."""

    def __init__(self, cache_dir: Path | None, *, jobs: int | None = None) -> None:
        """*cache_dir* None keeps everything in memory. *jobs* bounds the processes for cold files; default: the usable cores."""
        self._cache = _Cache(cache_dir) if cache_dir is not None else None
        self._jobs = jobs or usable_cores()
        self._summaries: dict[bytes, Summary] = {}
        self._details: dict[bytes, bytes] = {}
        self._contents: dict[bytes, bytes] = {}
        self._decoded: dict[bytes, ir.Module] = {}
        self.extracted = 0
        """How many files had to be parsed."""

    def load(self, contents: Mapping[bytes, bytes]) -> None:
        """Makes the summaries of all *contents* (key -> bytes) available, parsing those never seen before."""
        self._contents.update(contents)
        missing = [key for key in contents if key not in self._summaries]
        if self._cache is not None:
            for key, blob in self._cache.summaries(missing):
                try:
                    self._summaries[key] = _summary_decoder.decode(blob)
                except msgspec.DecodeError:
                    continue  # damaged entry: extract again
        missing = sorted(key for key in missing if key not in self._summaries)
        if not missing:
            return
        fresh = dict(zip(missing, self._extract([contents[key] for key in missing]), strict=True))
        for key, (summary, detail) in fresh.items():
            self._summaries[key] = _summary_decoder.decode(summary)
            self._details[key] = detail
        self.extracted += len(fresh)
        if self._cache is not None:
            self._cache.write(fresh, live=contents.keys())

    def summary(self, key: bytes) -> Summary:
        """The summary of a loaded file."""
        return self._summaries[key]

    def module(self, key: bytes) -> ir.Module:
        """The code of a loaded file; not kept, callers hold on to it as long as they need it.

        What the cache has lost since, to damage or to another process, is extracted again.
        """
        decoded = self._decoded.get(key)
        if decoded is not None:
            return decoded
        blob = self._details.get(key)
        if blob is None and self._cache is not None:
            blob = self._cache.detail(key)
        if blob is not None:
            try:
                return _module_decoder.decode(blob)
            except msgspec.DecodeError:
                pass  # damaged entry: extract again
        ((_, detail),) = self._extract([self._contents[key]])
        self._details[key] = detail
        return _module_decoder.decode(detail)

    def in_memory(self, shared: Iterable[bytes]) -> FactStore:
        """A store without a database that holds all that is loaded, the code of *shared* decoded.

        For processes forked from this one: they can use neither its connection nor its process pool.
        """
        copy = FactStore(None, jobs=1)
        copy._summaries.update(self._summaries)
        copy._contents.update(self._contents)
        copy._details.update(self._details)
        for key in self._summaries.keys() - self._details.keys():
            blob = self._cache.detail(key) if self._cache is not None else None
            if blob is not None:
                copy._details[key] = blob
        for key in shared:
            copy._decoded[key] = copy.module(key)
        return copy

    def _extract(self, sources: list[bytes]) -> list[tuple[bytes, bytes]]:
        if len(sources) < _PARALLEL_FROM or self._jobs == 1:
            from archwright.facts.extract import extract_batch  # libcst: only when something is cold

            return extract_batch(sources)
        from concurrent.futures import ProcessPoolExecutor

        with ProcessPoolExecutor(self._jobs, initializer=_warm_worker) as pool:
            return extract_with(pool, sources)


def extract_with(pool: Executor, sources: list[bytes]) -> list[tuple[bytes, bytes]]:
    """Extracts through any executor. A file that kills its worker becomes an unreadable file, found by halving."""
    from concurrent.futures.process import BrokenProcessPool

    batches = _batches(sources)
    futures = [(batch, pool.submit(_extract_numbered, [sources[i] for i in batch])) for batch in batches]
    results: dict[int, tuple[bytes, bytes]] = {}
    broken: list[int] = []
    for batch, future in futures:
        try:
            results.update(zip(batch, future.result(), strict=True))
        except BrokenProcessPool:
            broken.extend(batch)
    for index in broken:
        results[index] = _extract_isolated(sources[index])
    return [results[index] for index in range(len(sources))]


def _batches(sources: list[bytes]) -> list[list[int]]:
    """Indexes in batches of similar size, largest files first, so that no process is left with a long tail."""
    order = sorted(range(len(sources)), key=lambda i: -len(sources[i]))
    count = max(1, len(order) // _BATCH)
    return [order[start::count] for start in range(count)]


def _extract_numbered(batch: list[bytes]) -> list[tuple[bytes, bytes]]:
    from archwright.facts.extract import extract_batch

    return extract_batch(batch)


def _extract_isolated(source: bytes) -> tuple[bytes, bytes]:
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    with ProcessPoolExecutor(1) as pool:
        try:
            return pool.submit(_extract_numbered, [source]).result()[0]
        except BrokenProcessPool:
            encode = msgspec.msgpack.Encoder().encode
            message = "cannot be parsed: the parser crashed on it"
            return encode(unreadable(message)), encode(ir.Module((), (), 0))


def usable_cores() -> int:
    """How many processes can run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _warm_worker() -> None:
    """Cyclic garbage collection finds nothing in trees that hold no cycles, and doubles the cost of building them."""
    import gc

    gc.disable()


class _Cache:
    """The database. Every failure means: as if it were empty."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._path = directory / f"facts-{_extractor_digest()}.sqlite"
        self._connection: sqlite3.Connection | None = None
        self._failed = False

    def summaries(self, keys: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
        wanted = list(keys)
        connection = self._open(create=False)
        if connection is None:
            return
        for start in range(0, len(wanted), _CHUNK):
            part = wanted[start : start + _CHUNK]
            marks = ",".join("?" * len(part))
            query = f"SELECT key, summary FROM facts WHERE key IN ({marks})"  # noqa: S608 - only question marks
            try:
                yield from connection.execute(query, part).fetchall()
            except sqlite3.Error:
                self._failed = True
                return

    def detail(self, key: bytes) -> bytes | None:
        connection = self._open(create=False)
        if connection is None:
            return None
        try:
            row = connection.execute("SELECT detail FROM facts WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error:
            self._failed = True
            return None
        return None if row is None else bytes(row[0])

    def write(self, facts: Mapping[bytes, tuple[bytes, bytes]], live: Iterable[bytes]) -> None:
        connection = self._open(create=True)
        if connection is None:
            return
        try:
            with connection:
                connection.executemany(
                    "INSERT OR REPLACE INTO facts (key, summary, detail) VALUES (?, ?, ?)",
                    [(key, summary, detail) for key, (summary, detail) in facts.items()],
                )
                self._prune(connection, set(live))
        except sqlite3.Error:
            self._failed = True

    @staticmethod
    def _prune(connection: sqlite3.Connection, live: set[bytes]) -> None:
        """Keeps room for a few branches' worth of versions, not for every version there ever was."""
        (count,) = connection.execute("SELECT count(*) FROM facts").fetchone()
        if count > 4 * len(live) + 1000:
            dead = [(key,) for (key,) in connection.execute("SELECT key FROM facts") if key not in live]
            connection.executemany("DELETE FROM facts WHERE key = ?", dead)

    def _open(self, *, create: bool) -> sqlite3.Connection | None:
        if self._failed:
            return None
        if self._connection is None and (create or self._path.exists()):
            try:
                self._prepare_directory()
                self._connection = _connect(self._path)
            except (OSError, sqlite3.Error):
                self._connection = self._recreate()
        return self._connection

    def _recreate(self) -> sqlite3.Connection | None:
        try:
            self._path.unlink(missing_ok=True)
            return _connect(self._path)
        except (OSError, sqlite3.Error):
            self._failed = True
            return None

    def _prepare_directory(self) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        for name, text in (
            (".gitignore", "*\n"),
            ("CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n"),
        ):
            if not (self._directory / name).exists():
                (self._directory / name).write_text(text, encoding="utf-8")
        for other in self._directory.glob("facts-*.sqlite*"):
            if not other.name.startswith(self._path.name):
                other.unlink(missing_ok=True)  # facts of another extractor version


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=10)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS facts (key BLOB PRIMARY KEY, summary BLOB NOT NULL, detail BLOB NOT NULL) WITHOUT ROWID"
    )
    return connection


def _extractor_digest() -> str:
    """Identifies the code that makes facts: this package's sources and the libcst release."""
    from importlib.metadata import version

    digest = hashlib.blake2b(version("libcst").encode(), digest_size=8)
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()
