"""The store: the same facts with it, without it, beside another process, and after any accident."""

from __future__ import annotations

import gc
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

import pytest
from facts_samples import stdlib_sources

from archwright.facts import store as store_module
from archwright.facts.store import FactStore, content_key, extract_with

SOURCES = {
    f"m{n}": f"import os\n\n\ndef f{n}(x):\n    return os.path.join(x, {n!r})\n".encode() for n in range(40)
}
CONTENTS = {content_key(data): data for data in SOURCES.values()}


def _facts(store: FactStore) -> dict[bytes, tuple[object, object]]:
    store.load(CONTENTS)
    return {key: (store.summary(key), store.module(key)) for key in CONTENTS}


@pytest.fixture(scope="module")
def plain() -> dict[bytes, tuple[object, object]]:
    return _facts(FactStore(None, jobs=1))


def _database(cache: Path) -> Path:
    (path,) = cache.glob("facts-*.sqlite")
    return path


def test_cold_warm_and_none_agree(tmp_path: Path, plain: dict[bytes, tuple[object, object]]) -> None:
    cold = FactStore(tmp_path / "c", jobs=1)
    assert _facts(cold) == plain
    assert cold.extracted == len(CONTENTS)
    warm = FactStore(tmp_path / "c", jobs=1)
    assert _facts(warm) == plain
    assert warm.extracted == 0


def test_processes_agree(plain: dict[bytes, tuple[object, object]]) -> None:
    assert _facts(FactStore(None, jobs=2)) == plain


def test_one_edit_parses_one_file(tmp_path: Path) -> None:
    _facts(FactStore(tmp_path, jobs=1))
    edited = FactStore(tmp_path, jobs=1)
    new = b"import sys\n"
    edited.load({**CONTENTS, content_key(new): new})
    assert edited.extracted == 1


@pytest.mark.parametrize("damage", [b"", b"not a database at all" * 100, None])
def test_a_damaged_database_costs_time_only(
    tmp_path: Path, plain: dict[bytes, tuple[object, object]], damage: bytes | None
) -> None:
    _facts(FactStore(tmp_path, jobs=1))
    gc.collect()  # closes the connection, which its own cache of statements keeps alive
    path = _database(tmp_path)
    assert not list(tmp_path.glob("*-wal"))
    data = bytearray(path.read_bytes())
    if damage is None:
        data[len(data) // 3 :] = os.urandom(len(data) - len(data) // 3)
    path.write_bytes(bytes(data) if damage is None else damage)
    assert _facts(FactStore(tmp_path, jobs=1)) == plain
    assert _facts(FactStore(tmp_path, jobs=1)) == plain


@pytest.mark.parametrize("column", ["summary", "detail"])
@pytest.mark.parametrize("value", [b"", b"\xc1garbage"])
def test_damaged_rows_cost_time_only(
    tmp_path: Path, plain: dict[bytes, tuple[object, object]], column: str, value: bytes
) -> None:
    _facts(FactStore(tmp_path, jobs=1))
    with sqlite3.connect(_database(tmp_path)) as connection:
        connection.execute(f"UPDATE facts SET {column} = ?", (value,))
    connection.close()
    assert _facts(FactStore(tmp_path, jobs=1)) == plain


def test_a_missing_detail_is_extracted_again(
    tmp_path: Path, plain: dict[bytes, tuple[object, object]]
) -> None:
    """Another process may prune a row between the reading of summaries and of code."""
    _facts(FactStore(tmp_path, jobs=1))
    store = FactStore(tmp_path, jobs=1)
    store.load(CONTENTS)
    with sqlite3.connect(_database(tmp_path)) as connection:
        connection.execute("DELETE FROM facts")
    connection.close()
    assert {key: (store.summary(key), store.module(key)) for key in CONTENTS} == plain


def test_a_locked_database_costs_time_only(
    tmp_path: Path, plain: dict[bytes, tuple[object, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sqlite3.connect
    monkeypatch.setattr(store_module.sqlite3, "connect", lambda path, timeout=0.0: real(path, timeout=0.05))
    _facts(FactStore(tmp_path, jobs=1))
    holder = real(_database(tmp_path), isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    new = b"import json\n"
    try:
        store = FactStore(tmp_path, jobs=1)
        store.load({**CONTENTS, content_key(new): new})
        assert store.summary(content_key(new)).imports[0].module == "json"
        assert {key: (store.summary(key), store.module(key)) for key in CONTENTS} == plain
    finally:
        holder.close()


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
@pytest.mark.parametrize("mode", [0o500, 0o000])
def test_an_unwritable_directory_costs_time_only(
    tmp_path: Path, plain: dict[bytes, tuple[object, object]], mode: int
) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    cache.chmod(mode)
    try:
        assert _facts(FactStore(cache, jobs=1)) == plain
    finally:
        cache.chmod(0o700)


def test_a_file_where_the_directory_should_be(
    tmp_path: Path, plain: dict[bytes, tuple[object, object]]
) -> None:
    (tmp_path / "cache").write_text("in the way")
    assert _facts(FactStore(tmp_path / "cache", jobs=1)) == plain
    assert (tmp_path / "cache").read_text() == "in the way"


_WRITER = """
import sys
from pathlib import Path
from archwright.facts.store import FactStore, content_key
start = int(sys.argv[2])
sources = [f"def f{n}(): return {n}\\n".encode() for n in range(start, start + 30)]
for part in range(0, 30, 3):
    store = FactStore(Path(sys.argv[1]), jobs=1)
    store.load({content_key(s): s for s in sources[part:part + 3]})
"""


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    commands = [[sys.executable, "-c", _WRITER, str(tmp_path), str(start)] for start in (0, 15)]
    writers = [subprocess.Popen(c, stderr=subprocess.PIPE, text=True) for c in commands]
    for writer in writers:
        _, errors = writer.communicate(timeout=60)
        assert writer.returncode == 0, errors
        assert not errors
    sources = [f"def f{n}(): return {n}\n".encode() for n in range(45)]
    reader = FactStore(tmp_path, jobs=1)
    reader.load({content_key(s): s for s in sources})
    assert reader.extracted == 0
    for number, source in enumerate(sources):
        assert reader.summary(content_key(source)).definitions[0].qualname == f"f{number}"


def test_readers_of_other_extractor_versions_leave_the_current_database_alone(tmp_path: Path) -> None:
    _facts(FactStore(tmp_path, jobs=1))
    stale = tmp_path / "facts-0000.sqlite"
    stale.write_bytes(b"old")
    assert FactStore(tmp_path, jobs=1).load(CONTENTS) is None
    assert not stale.exists()
    assert (tmp_path / ".gitignore").read_text() == "*\n"


_KILLER = b"this file kills whoever parses it\n"


def _extract_or_die(batch: list[bytes]) -> list[tuple[bytes, bytes]]:
    if _KILLER in batch:
        os.kill(os.getpid(), signal.SIGKILL)
    return store_module._extract_numbered(batch)


class _Pool(ProcessPoolExecutor):
    """A pool in which one file is deadly, as files have been to native parsers."""

    def submit(self, function: object, /, *args: object, **kwargs: object) -> Future[object]:  # type: ignore[override]  # narrower than any function
        return super().submit(_extract_or_die, *args)


def test_a_file_that_kills_its_worker_is_one_unreadable_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", _Pool)
    sources = [*list(SOURCES.values())[:20], _KILLER]
    with _Pool(2) as pool:
        results = extract_with(pool, sources)
    assert len(results) == len(sources)
    store = FactStore(None)
    decoded = [store_module._summary_decoder.decode(summary) for summary, _ in results]
    assert [bool(summary.error) for summary in decoded] == [False] * 20 + [True]
    assert "crashed" in decoded[-1].error
    assert store.extracted == 0


def test_threads_of_one_process_can_share_nothing_and_still_agree(tmp_path: Path) -> None:
    found: list[dict[bytes, tuple[object, object]]] = []
    threads = [
        threading.Thread(target=lambda: found.append(_facts(FactStore(tmp_path, jobs=1)))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert found[0] == found[1] == found[2]


def test_the_standard_library_is_the_same_from_the_store(tmp_path: Path) -> None:
    contents = {content_key(data): data for _, data in stdlib_sources(60)}
    fresh, stored = FactStore(None), FactStore(tmp_path)
    fresh.load(contents)
    stored.load(contents)
    again = FactStore(tmp_path)
    again.load(contents)
    assert again.extracted == 0
    for key in contents:
        assert again.summary(key) == stored.summary(key) == fresh.summary(key)
        assert again.module(key) == fresh.module(key)
