"""Artifacts say how a dataset was computed: once per version, with an event, all in one transaction."""

import ast
import asyncio
import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.hoc.cus.analytics.L5_schemas.analytics_artifact import (
    ArtifactConflictError,
    ArtifactOutcome,
    InvalidArtifactError,
    SavedArtifact,
    input_window_hash,
)
from app.hoc.cus.analytics.L6_drivers import analytics_artifacts_driver as driver_module
from app.hoc.cus.analytics.L6_drivers.analytics_artifacts_driver import AnalyticsArtifactsDriver
from app.hoc.cus.hoc_spine.authority.event_schema_contract import (
    EventSchemaViolation,
    is_valid_event_payload,
    validate_event_payload,
)
from app.hoc.cus.hoc_spine.drivers.event_outbox_driver import append_event, read_events
from app.hoc.cus.hoc_spine.orchestrator.bootstrap import build_registry
from app.hoc.cus.hoc_spine.orchestrator.handlers import analytics_handler
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext, OperationResult
from app.infra.time import utc_now

NOON = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)
HASH = "a" * 64
DRIVER = AnalyticsArtifactsDriver()
Factory = async_sessionmaker[AsyncSession]


async def save(session: AsyncSession, **more: Any) -> SavedArtifact:
    values: dict[str, Any] = {
        "tenant_id": "tenant-a",
        "dataset_id": "costs",
        "dataset_version": "1",
        "input_window_hash": HASH,
        "as_of": NOON,
        "compute_code_version": "abc",
        **more,
    }
    return await DRIVER.save_artifact(session, **values)


async def test_round_trip(
    tenants: tuple[str, str], session: AsyncSession, other_session: AsyncSession
) -> None:
    async with session.begin():
        saved = await save(session)
    assert (saved.outcome, saved.artifact.revision) == (ArtifactOutcome.CREATED, 1)
    [found] = await DRIVER.get_artifact(other_session, tenant_id="tenant-a", dataset_id="costs")
    assert found == saved.artifact
    assert (found.as_of, found.updated_at) == (NOON, None)
    assert await DRIVER.list_artifacts(other_session, tenant_id="tenant-a") == [found]
    assert await DRIVER.list_artifacts(other_session, tenant_id="tenant-b") == []


async def test_the_same_again_changes_nothing(tenants: tuple[str, str], session: AsyncSession) -> None:
    first = await save(session)
    elsewhere = NOON.astimezone(timezone(timedelta(hours=9)))
    again = await save(session, as_of=elsewhere)
    assert again == SavedArtifact(first.artifact, ArtifactOutcome.UNCHANGED)


@pytest.mark.parametrize(
    "change",
    [
        {"input_window_hash": "b" * 64},
        {"as_of": NOON + timedelta(microseconds=1)},
        {"compute_code_version": "abd"},
    ],
)
async def test_another_content_of_a_version_is_a_conflict_or_an_explicit_superseding(
    tenants: tuple[str, str], session: AsyncSession, change: dict[str, Any]
) -> None:
    first = (await save(session)).artifact
    with pytest.raises(ArtifactConflictError) as conflict:
        await save(session, **change)
    assert conflict.value.differing == tuple(change)
    assert await DRIVER.list_artifacts(session, tenant_id="tenant-a") == [first]

    replaced = await save(session, supersede=True, **change)
    assert (replaced.outcome, replaced.artifact.revision) == (ArtifactOutcome.SUPERSEDED, 2)
    assert replaced.artifact.updated_at is not None
    assert replaced.artifact.created_at == first.created_at
    history = (
        await session.execute(text("SELECT revision, compute_code_version FROM analytics_artifact_revisions"))
    ).all()
    assert history == [(1, "abc")]


async def test_a_read_of_the_past_says_what_was_recorded_then(
    tenants: tuple[str, str], session: AsyncSession
) -> None:
    moments, versions = [], []
    for code in ("one", "two", "three"):
        versions.append((await save(session, compute_code_version=code, supersede=True)).artifact)
        await asyncio.sleep(0.002)
        moments.append(utc_now())
        await asyncio.sleep(0.002)
    for moment, version in zip(moments, versions, strict=True):
        assert await DRIVER.list_artifacts(session, tenant_id="tenant-a", as_of=moment) == [version]
    before = versions[0].created_at - timedelta(seconds=1)
    assert await DRIVER.get_artifact(session, tenant_id="tenant-a", dataset_id="costs", as_of=before) == []
    assert await DRIVER.count_artifacts(session, tenant_id="tenant-a", as_of=before) == 0


async def test_history_cannot_be_changed(tenants: tuple[str, str], session: AsyncSession) -> None:
    async with session.begin():
        await save(session)
        await save(session, compute_code_version="new", supersede=True)
    with pytest.raises(DBAPIError, match="append-only"):
        await session.execute(text("DELETE FROM analytics_artifact_revisions"))


async def test_pages_and_versions(tenants: tuple[str, str], session: AsyncSession) -> None:
    saved = [(await save(session, dataset_version=str(n))).artifact for n in range(5)]
    await save(session, dataset_id="other")
    found = await DRIVER.get_artifact(session, tenant_id="tenant-a", dataset_id="costs", limit=2, offset=1)
    assert found == [saved[3], saved[2]]
    one = await DRIVER.get_artifact(session, tenant_id="tenant-a", dataset_id="costs", dataset_version="2")
    assert one == [saved[2]]
    assert await DRIVER.count_artifacts(session, tenant_id="tenant-a", dataset_id="costs") == 5
    assert await DRIVER.count_artifacts(session, tenant_id="tenant-a") == 6


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"dataset_id": ""}, "dataset_id"),
        ({"dataset_version": "v" * 65}, "dataset_version"),
        ({"input_window_hash": "xyz"}, "SHA-256"),
        ({"as_of": datetime(2026, 1, 1)}, "time zone"),
        ({"as_of": "2026-01-01T00:00:00Z"}, "date and time"),
        ({"compute_code_version": None}, "compute_code_version"),
    ],
)
async def test_what_cannot_be_stored_is_named(
    session: AsyncSession, change: dict[str, Any], problem: str
) -> None:
    with pytest.raises(InvalidArtifactError, match=problem):
        await save(session, **change)


async def test_concurrent_writers_agree(tenants: tuple[str, str], session_factory: Factory) -> None:
    async def write(code: str) -> str:
        async with session_factory() as mine:
            try:
                async with mine.begin():
                    return (await save(mine, compute_code_version=code)).outcome.value
            except ArtifactConflictError:
                return "conflict"

    outcomes = await asyncio.gather(*(write(code) for code in "aaabbb"))
    assert sorted(outcomes) == ["conflict"] * 3 + ["created"] + ["unchanged"] * 2


# --- the published hash recipe ---------------------------------------------------------------------------


def test_the_recipe_by_hand() -> None:
    written = (
        '{"dataset_id":"costs","filters":{"model":"a"},"tenant_id":"tenant-a",'
        '"window_end":null,"window_start":"2026-03-01T12:00:00.000005+00:00"}'
    )
    found = input_window_hash(
        tenant_id="tenant-a",
        dataset_id="costs",
        window_start=NOON.astimezone(timezone(timedelta(hours=-5))),
        window_end=None,
        filters={"model": "a"},
    )
    assert found == hashlib.sha256(written.encode()).hexdigest()


@given(st.dictionaries(st.text(), st.integers() | st.text(), max_size=4), st.datetimes())
def test_any_difference_of_the_window_changes_the_hash(filters: dict[str, Any], moment: datetime) -> None:
    base: dict[str, Any] = {
        "tenant_id": "t",
        "dataset_id": "d",
        "window_start": moment.replace(tzinfo=UTC),
        "window_end": None,
        "filters": filters,
    }
    other = base["window_start"].replace(microsecond=(moment.microsecond + 1) % 1_000_000)
    variants = [
        base,
        base | {"tenant_id": "u"},
        base | {"dataset_id": "e"},
        base | {"window_start": other},
        base | {"window_start": None, "window_end": base["window_start"]},
        base | {"filters": {**filters, "one more": 1}},
    ]
    assert len({input_window_hash(**variant) for variant in variants}) == len(variants)
    assert input_window_hash(**base | {"filters": dict(reversed(filters.items()))}) == input_window_hash(
        **base
    )


# --- the operation, its transaction and its event --------------------------------------------------------

FIELDS: dict[str, Any] = {
    "dataset_id": "costs",
    "dataset_version": "1",
    "input_window_hash": HASH,
    "as_of": NOON,
    "compute_code_version": "abc",
}
EXTENSION = {name: value for name, value in FIELDS.items() if name != "dataset_id"} | {
    "as_of": NOON.isoformat()
}


async def call(session: AsyncSession, **params: Any) -> OperationResult:
    return await build_registry().execute(
        "analytics.artifacts", OperationContext(session, "tenant-a", params, actor_id="me")
    )


async def events(session: AsyncSession) -> list[dict[str, Any]]:
    found = await read_events(session, "tenant-a", "__system__")
    await session.rollback()
    return found


async def test_saving_commits_the_artifact_with_its_event(
    tenants: tuple[str, str], session: AsyncSession, other_session: AsyncSession
) -> None:
    result = await call(session, method="save", **FIELDS)
    assert result.success, result.error
    assert not session.in_transaction()
    [event] = await events(other_session)
    validate_event_payload(event)
    assert (event["event_type"], event["sequence_no"]) == ("analytics.ArtifactRecorded", 1)
    assert {name: event[name] for name in FIELDS} == FIELDS | {"as_of": NOON.isoformat()}
    assert (event["actor_type"], event["actor_id"], event["decision_owner"]) == (
        "system",
        "analytics",
        "analytics",
    )
    json.dumps(event)

    # Nothing new is no event; a superseding is one.
    assert (await call(session, method="save", **FIELDS)).data["outcome"] == "unchanged"
    assert len(await events(other_session)) == 1
    changed = FIELDS | {"compute_code_version": "abd"}
    assert (await call(session, method="save", **changed)).error_code == "CONFLICT"
    assert (await call(session, method="save", supersede=True, **changed)).data["outcome"] == "superseded"
    assert [event["sequence_no"] for event in await events(other_session)] == [1, 2]


@pytest.mark.parametrize("failing", ["append_event", "_emit_analytics_event", "validate_event_payload"])
async def test_without_its_event_there_is_no_artifact(
    tenants: tuple[str, str],
    session: AsyncSession,
    other_session: AsyncSession,
    monkeypatch: pytest.MonkeyPatch,
    failing: str,
) -> None:
    def explode(*_arguments: object) -> None:
        raise EventSchemaViolation(["event_id"], [])

    monkeypatch.setattr(analytics_handler, failing, explode)
    result = await call(session, method="save", **FIELDS)
    assert (result.success, result.error_code) == (False, "HANDLER_EXCEPTION")
    assert await DRIVER.list_artifacts(other_session, tenant_id="tenant-a") == []
    await other_session.rollback()
    assert await events(other_session) == []


async def test_the_window_may_be_given_instead_of_its_hash(
    tenants: tuple[str, str], session: AsyncSession
) -> None:
    window = {"window_start": NOON, "window_end": None, "filters": {"model": "a"}}
    params = {name: value for name, value in FIELDS.items() if name != "input_window_hash"}
    result = await call(session, method="save", input_window=window, **params)
    assert result.data["artifact"].input_window_hash == input_window_hash(
        tenant_id="tenant-a", dataset_id="costs", **window
    )


@pytest.mark.parametrize(
    ("params", "code", "says"),
    [
        ({"method": "save"}, "MISSING_FIELDS", "dataset_id, dataset_version, input_window_hash, as_of"),
        ({"method": "save", **FIELDS, "dataset_version": ""}, "MISSING_FIELDS", "dataset_version"),
        ({"method": "save", **FIELDS, "colour": "blue"}, "INVALID_PARAMS", "colour"),
        ({"method": "save", **FIELDS, "input_window_hash": "short"}, "INVALID_PARAMS", "SHA-256"),
        ({"method": "save", **FIELDS, "as_of": datetime(2026, 1, 1)}, "INVALID_PARAMS", "time zone"),
        ({"method": "get", "as_of": NOON}, "MISSING_DATASET_ID", "dataset_id"),
        ({"method": "get", "as_of": NOON, "dataset_id": "none"}, "NOT_FOUND", "dataset"),
        ({"method": "burn"}, "UNKNOWN_METHOD", "save"),
        ({}, "MISSING_METHOD", "save"),
    ],
)
async def test_codes(
    tenants: tuple[str, str], session: AsyncSession, params: dict[str, Any], code: str, says: str
) -> None:
    result = await call(session, **params)
    assert (result.success, result.error_code) == (False, code)
    assert says in (result.error or "")


async def test_events_are_numbered_without_gaps_under_concurrency(
    tenants: tuple[str, str], session_factory: Factory, other_session: AsyncSession
) -> None:
    async def write(number: int) -> None:
        async with session_factory() as mine:
            transaction = await mine.begin()
            event = analytics_handler._analytics_event(
                "analytics.ArtifactRecorded",
                "tenant-a" if number % 4 else "tenant-b",
                "costs",
                EXTENSION,
            )
            await append_event(mine, event)
            await (transaction.rollback() if number % 3 == 0 else transaction.commit())

    await asyncio.gather(*(write(number) for number in range(24)))
    kept = [number for number in range(24) if number % 3 and number % 4]
    assert [event["sequence_no"] for event in await events(other_session)] == list(range(1, len(kept) + 1))
    later = await read_events(other_session, "tenant-a", "__system__", after=3, limit=2)
    assert [event["sequence_no"] for event in later] == [4, 5]
    assert len(await read_events(other_session, "tenant-b", "__system__")) == 4


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"event_id": None}, "missing: event_id"),
        ({"event_id": "not a uuid"}, "event_id must be a UUID"),
        ({"tenant_id": ""}, "tenant_id is empty"),
        ({"sequence_no": True}, "sequence_no must be int"),
        ({"sequence_no": -1}, "sequence_no must be 0 or more"),
        ({"sequence_no": "1"}, "sequence_no must be int"),
        ({"actor_type": "agent"}, "actor_type must be one of"),
        ({"event_type": "ArtifactRecorded"}, "event_type must be domain.Name"),
        ({"schema_version": "1"}, "schema_version must be three numbers"),
        ({"compute_code_version": None}, "missing: compute_code_version"),
        ({"as_of": NOON}, "as_of must be str"),
    ],
)
async def test_the_event_contract(
    tenants: tuple[str, str], session: AsyncSession, change: dict[str, Any], problem: str
) -> None:
    event = analytics_handler._analytics_event(
        "analytics.ArtifactRecorded",
        "tenant-a",
        "costs",
        EXTENSION,
    )
    assert is_valid_event_payload(event) == (True, [])
    valid, problems = is_valid_event_payload(event | change)
    assert not valid
    assert any(problem in found for found in problems), problems
    with pytest.raises(EventSchemaViolation):
        await append_event(session, event | change)
    assert await events(session) == []


def test_the_driver_decides_nothing() -> None:
    tree = ast.parse(Path(driver_module.__file__).read_text())
    tested = {
        name.id
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If | ast.IfExp)
        for name in ast.walk(branch.test)
        if isinstance(name, ast.Name)
    }
    assert tested
    assert not tested & {"severity", "policy", "risk_level", "decision", "action"}
    for name in ("save_artifact", "get_artifact", "list_artifacts"):
        assert callable(getattr(AnalyticsArtifactsDriver, name))
