"""No simulation is lost: not by a database that is away, not by a kill, not by a full queue, not by bad company."""

import asyncio
import base64
import gzip
import inspect
import json
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_engines import provenance as provenance_module
from app.hoc.cus.analytics.L5_engines.config_engine import CostSimConfig
from app.hoc.cus.analytics.L5_engines.provenance import (
    ProvenanceLog,
    ProvenanceLogger,
    ProvenanceRefusedError,
    compress_json,
    compute_hash,
    get_provenance_logger,
)
from app.hoc.cus.analytics.L5_engines.provenance_spool import ProvenanceSpool, SpoolError
from app.hoc.cus.analytics.L5_engines.v2_adapter import CostSimV2Adapter
from app.hoc.cus.analytics.L5_schemas.provenance_record import ProvenanceRecord
from app.hoc.cus.analytics.L6_drivers.provenance_async import query_provenance
from app.hoc.cus.hoc_spine.orchestrator.coordinators.provenance_coordinator import (
    DatabaseProvenanceSink,
    open_provenance,
)

OUTCOME = {"feasible": True, "status": "success", "estimated_cost_cents": 4, "runtime_ms": 3}


class Sink:
    """The real database, which can be away for a while or refuse certain records; counts attempts."""

    def __init__(self) -> None:
        self.database = DatabaseProvenanceSink()
        self.away = False
        self.refused: set[int] = set()
        self.attempts = 0

    async def write(self, records: Sequence[Mapping[str, Any]]) -> None:
        self.attempts += 1
        if self.away:
            raise ConnectionError("away")
        if any(record["v1_cost"] in self.refused for record in records):
            raise ProvenanceRefusedError("bad record")
        await self.database.write(records)

    async def read(self, **filters: Any) -> Sequence[ProvenanceRecord]:
        return await self.database.read(**filters)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance_module, "RETRY_AFTER_MS", 0.0)


@pytest.fixture
def sink(tenants: tuple[str, str]) -> Sink:
    return Sink()


def make_logger(sink: Sink, directory: Path, **options: Any) -> ProvenanceLogger:
    config = CostSimConfig(provenance_compress=options.pop("compress", True), provenance_flush_seconds=0.05)
    file_limit = options.pop("file_limit", 100)
    return ProvenanceLogger(sink, ProvenanceSpool(directory, file_limit=file_limit), config, **options)


async def log(logger: ProvenanceLogger, number: int, tenant: str = "tenant-a", **more: Any) -> ProvenanceLog:
    return await logger.log(
        {"plan": [{"skill": "kv_get", "params": {"n": number}}], "budget_cents": 100},
        OUTCOME,
        3,
        tenant_id=tenant,
        v1_cost=number,
        v2_cost=number + 1,
        verdict="match",
        drift_score=0.0,
        **more,
    )


async def stored(session: AsyncSession) -> list[int]:
    records = await query_provenance("tenant-a", limit=1000, session=session)
    await session.rollback()
    return sorted(int(record.v1_cost) for record in records if record.v1_cost is not None)


def files(directory: Path) -> list[Path]:
    return sorted(path for path in directory.glob("*") if path.is_file())


@pytest.mark.parametrize("compress", [True, False])
async def test_a_flushed_record_is_committed_and_can_be_replayed(
    sink: Sink, tmp_path: Path, other_session: AsyncSession, compress: bool
) -> None:
    logger = make_logger(sink, tmp_path / "spool", compress=compress)
    entry = await log(logger, 5, run_id="run-1")
    assert logger.counters.waiting == 1
    await logger.flush()
    [record] = await query_provenance("tenant-a", session=other_session)
    assert (record.v1_cost, record.v2_cost, record.cost_delta) == (5, 6, 1)
    assert (record.run_id, record.verdict, record.status) == ("run-1", "match", "success")
    assert record.created_at == entry.timestamp
    read = ProvenanceLog.from_record(record)
    assert read.compressed is compress
    assert read.get_decompressed_input()["plan"][0]["params"] == {"n": 5}
    assert read.get_decompressed_output() == OUTCOME
    assert (read.input_hash, read.output_hash, read.plan_hash) == (
        entry.input_hash,
        entry.output_hash,
        entry.plan_hash,
    )
    assert logger.counters.written == 1


async def test_many_at_once_are_all_stored(sink: Sink, tmp_path: Path, other_session: AsyncSession) -> None:
    logger = make_logger(sink, tmp_path / "spool")

    async def one(number: int) -> None:
        await log(logger, number)
        await logger.flush()

    await asyncio.gather(*(one(number) for number in range(250)))
    assert await stored(other_session) == list(range(250))
    assert sink.attempts < 250  # those that come together share batches
    assert logger.counters.waiting == 0


async def test_while_the_database_is_away_records_wait_on_disk_and_get_there_later(
    sink: Sink, tmp_path: Path, other_session: AsyncSession
) -> None:
    logger = make_logger(sink, tmp_path / "spool")
    sink.away = True
    for number in range(3):
        await log(logger, number)
        await logger.flush()
    assert len(files(tmp_path / "spool")) == 3
    assert (logger.counters.waiting, logger.counters.spooled) == (0, 3)
    assert await stored(other_session) == []
    # They can be read meanwhile, newest first, with what the database has.
    assert [entry.v1_cost for entry in await logger.query(tenant_id="tenant-a")] == [2, 1, 0]
    sink.away = False
    await logger.flush()
    assert await stored(other_session) == [0, 1, 2]
    assert files(tmp_path / "spool") == []


async def test_a_new_process_stores_what_a_dead_one_left(
    sink: Sink, tmp_path: Path, other_session: AsyncSession
) -> None:
    dead = make_logger(sink, tmp_path / "spool")
    sink.away = True
    await log(dead, 1)
    await dead.flush()
    sink.away = False
    heirs = [make_logger(sink, tmp_path / "spool") for _ in range(3)]
    await asyncio.gather(*(heir.flush() for heir in heirs))
    assert await stored(other_session) == [1]
    assert files(tmp_path / "spool") == []


async def test_the_timer_flushes_and_retries(sink: Sink, tmp_path: Path, other_session: AsyncSession) -> None:
    logger = make_logger(sink, tmp_path / "spool")
    logger.start()
    sink.away = True
    await log(logger, 1)
    await asyncio.sleep(0.2)
    assert logger.counters.spooled == 1
    sink.away = False
    await log(logger, 2)
    for _ in range(100):
        if await stored(other_session) == [1, 2]:
            break
        await asyncio.sleep(0.05)
    assert await stored(other_session) == [1, 2]
    await logger.close()


async def test_close_flushes(sink: Sink, tmp_path: Path, other_session: AsyncSession) -> None:
    logger = make_logger(sink, tmp_path / "spool")
    await log(logger, 1)
    await logger.close()
    assert await stored(other_session) == [1]


async def test_a_database_that_hangs_is_treated_as_away(
    sink: Sink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other_session: AsyncSession
) -> None:
    monkeypatch.setattr(provenance_module, "SINK_TIMEOUT_SECONDS", 0.05)
    logger = make_logger(sink, tmp_path / "spool")

    async def hang(_records: object) -> None:
        await asyncio.Event().wait()

    with monkeypatch.context() as patched:
        patched.setattr(sink.database, "write", hang)
        await log(logger, 1)
        await asyncio.wait_for(logger.flush(), 5)
    monkeypatch.setattr(provenance_module, "SINK_TIMEOUT_SECONDS", 5)
    assert logger.counters.spooled == 1
    await logger.flush()
    assert await stored(other_session) == [1]


async def test_after_a_failure_the_database_is_left_alone_for_a_while(
    sink: Sink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provenance_module, "RETRY_AFTER_MS", 60_000.0)
    logger = make_logger(sink, tmp_path / "spool")
    sink.away = True
    for number in range(5):
        await log(logger, number)
        await logger.flush()
    assert sink.attempts == 1
    assert logger.counters.spooled == 5


async def test_a_refused_record_costs_only_itself_and_is_kept(
    sink: Sink, tmp_path: Path, other_session: AsyncSession, caplog: pytest.LogCaptureFixture
) -> None:
    logger = make_logger(sink, tmp_path / "spool")
    sink.refused = {3}
    for number in range(6):
        await log(logger, number)
    await log(logger, 9, "nobody")  # the database itself refuses an unknown tenant
    await logger.flush()
    assert await stored(other_session) == [0, 1, 2, 4, 5]
    kept = [json.loads(path.read_text()) for path in files(tmp_path / "spool" / "refused")]
    assert sorted(entry["v1_cost"] for entry in kept) == [3, 9]
    assert logger.counters.refused == 2
    assert "is refused" in caplog.text
    await logger.flush()
    assert len(files(tmp_path / "spool" / "refused")) == 2


async def test_the_queue_is_bounded_and_what_does_not_fit_is_counted_and_logged(
    sink: Sink, tmp_path: Path, other_session: AsyncSession, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "spool").write_text("a file where the directory should be")
    logger = make_logger(sink, tmp_path / "spool", queue_limit=5)
    sink.away = True
    with caplog.at_level(logging.CRITICAL):
        for number in range(8):
            await log(logger, number)
            await logger.flush()
    assert (logger.counters.waiting, logger.counters.dropped) == (5, 3)
    dropped = [
        json.loads(message.split("record=", 1)[1])
        for message in caplog.messages
        if "provenance_dropped" in message
    ]
    assert [entry["v1_cost"] for entry in dropped] == [5, 6, 7]
    sink.away = False
    await logger.flush()
    assert await stored(other_session) == [0, 1, 2, 3, 4]
    assert logger.counters.waiting == 0


async def test_a_full_spool_keeps_records_in_the_queue(sink: Sink, tmp_path: Path) -> None:
    logger = make_logger(sink, tmp_path / "spool", file_limit=2)
    sink.away = True
    for number in range(4):
        await log(logger, number)
        await logger.flush()
    assert (len(files(tmp_path / "spool")), logger.counters.waiting) == (2, 2)


async def test_an_unreadable_spool_file_stops_nothing_and_is_kept(
    sink: Sink, tmp_path: Path, other_session: AsyncSession
) -> None:
    directory = tmp_path / "spool"
    directory.mkdir()
    for name, content in (("0-torn.jsonl", '{"id": "x", "timest'), ("0-other.jsonl", '{"id": 1}\n')):
        (directory / name).write_text(content)
    logger = make_logger(sink, directory)
    await log(logger, 1)
    await logger.flush()
    assert await stored(other_session) == [1]
    assert {path.name for path in files(directory / "refused")} == {"0-torn.jsonl", "0-other.jsonl"}
    assert files(directory) == []


async def test_query_merges_and_filters(sink: Sink, tmp_path: Path) -> None:
    logger = make_logger(sink, tmp_path / "spool")
    first = await log(logger, 1)
    await logger.flush()
    await log(logger, 1)  # the same simulation again is still one
    second = await log(logger, 2)
    await log(logger, 3, "tenant-b")
    found = await logger.query(tenant_id="tenant-a")
    assert [entry.v1_cost for entry in found] == [2, 1]
    assert [e.v1_cost for e in await logger.query(input_hash=second.input_hash, tenant_id="tenant-a")] == [2]
    assert await logger.query(status="error", tenant_id="tenant-a") == []
    assert len(await logger.query(tenant_id="tenant-a", limit=1)) == 1
    naive = first.timestamp.replace(tzinfo=None)
    assert [e.v1_cost for e in await logger.query(end_date=naive, tenant_id="tenant-a")] == [1]
    assert await logger.query(start_date=datetime.now(UTC) + timedelta(days=1), tenant_id="tenant-a") == []


async def test_a_record_needs_a_tenant(sink: Sink, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="tenant"):
        await make_logger(sink, tmp_path / "spool").log({}, {}, 1)


async def test_open_provenance_gives_the_process_a_logger_and_flushes_at_the_end(
    tenants: tuple[str, str], other_session: AsyncSession
) -> None:
    with pytest.raises(RuntimeError, match="open_provenance"):
        get_provenance_logger()
    async with open_provenance() as opened:
        assert opened is get_provenance_logger()
        assert opened is not None
        await log(opened, 7)
    assert await stored(other_session) == [7]
    with pytest.raises(RuntimeError):
        get_provenance_logger()


async def test_switched_off_there_is_no_logger(
    tenants: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COSTSIM_PROVENANCE_ENABLED", "false")
    async with open_provenance() as opened:
        assert opened is None


async def test_a_locked_database_is_not_a_refusal(
    sink: Sink, tmp_path: Path, session: AsyncSession, other_session: AsyncSession
) -> None:
    if session.get_bind().dialect.name == "sqlite":
        return  # waiting for its lock takes ten seconds; the timeout test covers it
    await session.execute(text("SET statement_timeout = 0"))
    logger = make_logger(sink, tmp_path / "spool")
    await session.execute(text("LOCK TABLE costsim_provenance IN ACCESS EXCLUSIVE MODE"))
    original = provenance_module.SINK_TIMEOUT_SECONDS
    provenance_module.SINK_TIMEOUT_SECONDS = 0.2
    try:
        await log(logger, 1)
        await logger.flush()
    finally:
        provenance_module.SINK_TIMEOUT_SECONDS = original
    assert logger.counters.spooled == 1
    await session.rollback()
    await logger.flush()
    assert await stored(other_session) == [1]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(JSON)
def test_compression_is_lossless_and_deterministic(data: Any) -> None:
    packed = compress_json(data)
    assert json.loads(gzip.decompress(base64.b64decode(packed))) == data
    assert compress_json(json.loads(json.dumps(data))) == packed
    raw = base64.b64decode(packed)
    assert raw[4:8] == b"\0\0\0\0"  # no time
    assert raw[9] == 255  # no operating system


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_hashes_do_not_depend_on_the_order_of_keys(data: dict[str, Any]) -> None:
    digest = compute_hash(data)
    assert digest == compute_hash(dict(reversed(data.items())))
    assert len(digest) == 64


async def test_equal_simulations_have_equal_output_hashes(sink: Sink, tmp_path: Path) -> None:
    logger = make_logger(sink, tmp_path / "spool")
    result = await CostSimV2Adapter(100).simulate([{"skill": "llm_invoke", "params": {"prompt": "hi"}}])
    slow = result.to_dict() | {"runtime_ms": 999, "metadata": {"commit_sha": "other"}}
    hashes = {
        (await logger.log({"plan": []}, output, 1, tenant_id="tenant-a")).output_hash
        for output in (result.to_dict(), slow)
    }
    assert hashes == {result.compute_output_hash()}


def test_entries_round_trip() -> None:
    entry = ProvenanceLog("i", datetime.now(UTC), "a" * 64, "b" * 64, "{}", "{}", tenant_id="t", v1_cost=3)
    assert ProvenanceLog.from_dict(json.loads(json.dumps(entry.to_dict()))) == entry
    with pytest.raises(ValueError, match="log entry"):
        ProvenanceLog.from_dict({"id": "x"})


def test_listed_surface() -> None:
    for cls, names in (
        (ProvenanceLog, ("to_dict", "from_dict", "get_decompressed_input", "get_decompressed_output")),
        (ProvenanceLogger, ("log", "_store", "_flush", "_write_to_file", "_write_to_db", "close", "query")),
    ):
        assert all(callable(getattr(cls, name)) for name in names)
    assert list(ProvenanceLog.__dataclass_fields__)[:15] == [
        *("id", "timestamp", "input_hash", "output_hash", "input_json", "output_json", "compressed"),
        *("model_version", "adapter_version", "commit_sha", "runtime_ms", "status", "tenant_id", "run_id"),
        "plan_hash",
    ]
    assert list(inspect.signature(ProvenanceLogger.log).parameters)[1:7] == [
        *("input_data", "output_data", "runtime_ms", "status", "tenant_id", "run_id")
    ]


def test_a_spool_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SpoolError, match="cannot be written"):
        ProvenanceSpool(tmp_path / "file").put(["{}"])
