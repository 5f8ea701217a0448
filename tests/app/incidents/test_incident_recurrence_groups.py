"""Acceptance 5 and 6: signatures and their groups, postmortems."""

import asyncio
import re
from dataclasses import replace
from typing import Any

import pytest
from fault_injection import whole_database
from hypothesis import given
from hypothesis import strategies as st
from incident_desk import Desk, audit, events, rows, timeline
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.db import get_async_session, get_engine
from app.hoc.cus.hoc_spine.orchestrator.coordinators.incident_work import IncidentWork
from app.hoc.cus.incidents.L5_engines.incident_opening_engine import IncidentOpeningEngine
from app.hoc.cus.incidents.L5_engines.recurrence_signature import (
    INPUTS,
    PUBLISHED_RECIPE,
    SIGNATURE_VERSION,
    SignatureRecipe,
    error_shape,
    signature_inputs,
)
from app.hoc.cus.incidents.L5_schemas.incident_row import Actor, NewIncident
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import CauseType, IncidentSeverity, SourceType
from app.hoc.cus.incidents.L6_drivers.incident_intake_driver import get_incident_intake_driver
from app.infra.time import utc_now

RECURRENCE = "incidents.recurrence"
FAILURE = {
    "error_code": "timeout",
    "error_message": "Call 0f8fad5b-d9cb-469f-a165-70867728950e timed out after 31.5 s at 2026-03-21T12:00:00Z",
}
NEW = NewIncident(
    tenant_id="acme",
    title="t",
    description="d",
    severity=IncidentSeverity.HIGH,
    category="CACHE",
    cause_type=CauseType.SYSTEM,
    source_type=SourceType.RUN,
    trigger_type="run_failure",
    error_code="E1",
    error_message="boom",
)


def test_the_published_signature_stays_what_it_is() -> None:
    """Groups that exist would fall apart otherwise; a change of the recipe needs a new version."""
    assert PUBLISHED_RECIPE.version == SIGNATURE_VERSION == "1.0.0"
    assert PUBLISHED_RECIPE.sign(NEW) == "67d6d63cc650fa9902dae41166824e862db921d8291ff33bc1f43303eba3cf04"
    assert tuple(signature_inputs(NEW)) == INPUTS


@pytest.mark.parametrize(
    "differing",
    [
        {"tenant_id": "other"},
        {"category": "DISK"},
        {"trigger_type": "freeze"},
        {"cause_type": CauseType.HUMAN},
        {"source_type": SourceType.POLICY},
        {"impact_scope": "agent"},
        {"error_code": "E2"},
        {"error_code": None},
        {"error_message": "bang"},
        {"error_message": None},
    ],
)
def test_what_counts_separates(differing: dict[str, Any]) -> None:
    assert PUBLISHED_RECIPE.sign(replace(NEW, **differing)) != PUBLISHED_RECIPE.sign(NEW)


@pytest.mark.parametrize(
    "differing",
    [
        {"title": "u"},
        {"severity": IncidentSeverity.LOW},
        {"source_ref": "r"},
        {"error_code": "e1"},
        {"affected_agent_id": "a"},
        {"error_message": " BOOM\n"},
    ],
)
def test_what_does_not_count_does_not(differing: dict[str, Any]) -> None:
    assert PUBLISHED_RECIPE.sign(replace(NEW, **differing)) == PUBLISHED_RECIPE.sign(NEW)


@pytest.mark.parametrize(
    ("message", "shape"),
    [
        (FAILURE["error_message"], "call <uuid> timed out after <n> s at <time>"),
        ("object 0xdeadbeef1 at 7f3a9c2e41", "object <n> at <n>"),
        ("effaced accessed", "effaced accessed"),
        ("row 17 of 1,234.5", "row <n> of <n>"),
        ("12345678.5 and 7", "<n> and <n>"),
        ("a\t b\n", "a b"),
    ],
)
def test_the_shape_of_an_error(message: str, shape: str) -> None:
    assert error_shape(message) == shape


@given(st.text(), st.integers(0, 10**9), st.integers(0, 10**9), st.uuids(), st.uuids())
def test_numbers_and_ids_in_an_error_make_no_difference(
    word: str, one: int, two: int, first: Any, second: Any
) -> None:
    shapes = {
        error_shape(f"{word} failed: {number} of {identity}")
        for number, identity in ((one, first), (two, second))
    }
    assert len(shapes) == 1
    assert error_shape(shapes.pop()) == error_shape(f"{word} failed: {one} of {first}")


@given(st.text(alphabet="0123456789abcdefx-:. TZ", max_size=200))
def test_a_shape_is_found_in_linear_time_and_holds_no_digit(text_: str) -> None:
    assert not re.search(r"\d", error_shape(text_))


async def group(desk: Desk, signature: str, **params: Any) -> Any:
    return await desk.do("get_recurrence_group", RECURRENCE, recurrence_signature=signature, **params)


async def test_acceptance_5_equal_failures_share_a_signature_within_their_tenant(
    desk: Desk, make_desk: Any
) -> None:
    other = await make_desk("other")
    first = await desk.open(**FAILURE)
    second = await desk.open(
        **FAILURE | {"error_message": str(FAILURE["error_message"]).replace("31.5", "8").upper()}
    )
    third = await desk.open(error_code="other")
    foreign = await other.open(**FAILURE)
    assert first.recurrence_signature == second.recurrence_signature
    assert len({first.recurrence_signature, third.recurrence_signature, foreign.recurrence_signature}) == 3
    found = await group(desk, first.recurrence_signature)
    assert [member.id for member in found.incidents] == [second.id, first.id]
    assert (found.count, found.signature_version) == (2, "1.0.0")
    assert (await group(desk, first.recurrence_signature, limit=1)).count == 2
    assert (await group(desk, foreign.recurrence_signature)).count == 0
    (event,) = await events("incidents.IncidentRecurrenceGrouped")
    assert (event["incident_id"], event["recurrence_signature"]) == (second.id, first.recurrence_signature)


async def test_acceptance_5_a_changed_recipe_separates_groups(desk: Desk) -> None:
    old = await desk.open(**FAILURE)
    async with get_async_session() as session, session.begin():

        def open_with_next_recipe(sync_session: Any) -> Any:
            work = IncidentWork(sync_session)
            opening = IncidentOpeningEngine(
                work.driver,
                get_incident_intake_driver(sync_session),
                work.journal,
                recipe=SignatureRecipe("2.0.0"),
            )
            like_old = NewIncident(
                tenant_id="acme",
                title=old.title,
                description=old.description,
                severity=old.severity,
                category=old.category,
                cause_type=old.cause_type,
                source_type=old.source_type,
                trigger_type=old.trigger_type,
                error_code=old.error_code,
                error_message=old.error_message,
            )
            assert PUBLISHED_RECIPE.sign(like_old) == old.recurrence_signature
            return opening.open_incident(like_old, actor=Actor("ann"), now=utc_now()).incident

        new = await session.run_sync(open_with_next_recipe)
    assert (old.signature_version, new.signature_version) == ("1.0.0", "2.0.0")
    assert old.recurrence_signature != new.recurrence_signature
    assert [m.id for m in (await group(desk, old.recurrence_signature)).incidents] == [old.id]
    assert (await group(desk, new.recurrence_signature)).count == 0
    current = await group(desk, new.recurrence_signature, signature_version="2.0.0")
    assert [m.id for m in current.incidents] == [new.id]
    # Even a signature two versions had in common would not join their groups.
    async with get_engine().begin() as connection:
        await connection.execute(
            text("UPDATE incidents SET recurrence_signature = :s"), {"s": old.recurrence_signature}
        )
    assert [m.id for m in (await group(desk, old.recurrence_signature)).incidents] == [old.id]


async def test_acceptance_5_order_is_total_and_the_state_is_that_of_the_moment(desk: Desk) -> None:
    opened = [await desk.open(**FAILURE) for _ in range(4)]
    async with get_engine().begin() as connection:
        await connection.execute(
            text("UPDATE incidents SET created_at = :at"),
            {"at": str(opened[0].created_at) if "sqlite" in str(get_engine().url) else opened[0].created_at},
        )
    signature = opened[0].recurrence_signature
    found = await group(desk, signature)
    assert [member.id for member in found.incidents] == sorted(incident.id for incident in opened)
    as_of = utc_now()
    earlier = await group(desk, signature, as_of=as_of)
    await desk.resolve(opened[0].id)
    assert await group(desk, signature, as_of=as_of) == earlier
    now = {member.id: member for member in (await group(desk, signature)).incidents}
    assert now[opened[0].id].lifecycle_state == "RESOLVED"
    assert now[opened[0].id].resolution_type == "fixed"
    assert (await group(desk, signature, as_of=opened[0].created_at.replace(year=2020))).count == 0


async def test_a_group_needs_a_signature(desk: Desk) -> None:
    assert await desk.refused("get_recurrence_group", RECURRENCE) == "MISSING_SIGNATURE"
    for limit in (0, 201, True, "5"):
        params = {"recurrence_signature": "ab", "limit": limit}
        assert await desk.refused("get_recurrence_group", RECURRENCE, **params) == "INVALID_PARAMS"
    recipe = await desk.do("get_signature_recipe", RECURRENCE)
    assert (recipe["signature_version"], recipe["inputs"]) == ("1.0.0", list(INPUTS))


async def test_acceptance_6_no_postmortem_of_an_incident_that_is_not_there(
    desk: Desk, make_desk: Any
) -> None:
    incident = await desk.open()
    other = await make_desk("other")
    before = await whole_database()
    content = {"title": "t", "summary": "s"}
    for who, incident_id in ((desk, "no-such"), (other, incident.id)):
        assert await who.refused("create_postmortem_stub", RECURRENCE, incident_id=incident_id) == "NOT_FOUND"
        code = await who.refused("write_postmortem", RECURRENCE, incident_id=incident_id, **content)
        assert code == "NOT_FOUND"
    assert await desk.refused("create_postmortem_stub", RECURRENCE) == "MISSING_INCIDENT_ID"
    assert await whole_database() == before


async def test_acceptance_6_a_stub_is_a_record_a_link_a_timeline_entry_and_an_event(desk: Desk) -> None:
    incident = await desk.open(description="All reads missed.")
    await desk.resolve(incident.id)
    first = await desk.do("create_postmortem_stub", RECURRENCE, incident_id=incident.id)
    before = await whole_database()
    again = await desk.do("create_postmortem_stub", RECURRENCE, incident_id=incident.id)
    assert (first["created"], again["created"]) == (True, False)
    assert first["postmortem"] == again["postmortem"]
    assert await whole_database() == before
    (stub,) = await rows("incident_postmortems")
    artifact_id = first["postmortem_artifact_id"]
    assert (stub["id"], stub["incident_id"], stub["status"], stub["created_by"]) == (
        artifact_id,
        incident.id,
        "stub",
        "ann",
    )
    assert len(artifact_id) <= 64
    for said in (incident.title, "All reads missed.", "Warmed it."):
        assert said in stub["summary"]
    (row,) = await rows("incidents")
    assert (row["postmortem_artifact_id"], row["lifecycle_state"]) == (artifact_id, "RESOLVED")
    *_, entry = await timeline(incident.id)
    assert (entry["event_type"], entry["data"]["postmortem_artifact_id"]) == (
        "postmortem_created",
        artifact_id,
    )
    assert (await audit(incident.id))[-1]["event_type"] == "PostmortemCreated"
    (event,) = await events("incidents.PostmortemCreated")
    assert (event["incident_id"], event["postmortem_artifact_id"], event["incident_state"]) == (
        incident.id,
        artifact_id,
        "RESOLVED",
    )


async def test_a_postmortem_is_superseded_only_when_asked_to(desk: Desk) -> None:
    incident = await desk.open()
    stub = await desk.do("create_postmortem_stub", RECURRENCE, incident_id=incident.id)
    content = {
        "title": "Cold cache",
        "summary": "Reads missed.",
        "root_cause": "A deploy emptied it.",
        "impact": "Slow for an hour.",
        "corrective_actions": ["Warm it before switching."],
    }
    assert (
        await desk.refused("write_postmortem", RECURRENCE, incident_id=incident.id, **content) == "CONFLICT"
    )
    written = await desk.do(
        "write_postmortem", RECURRENCE, incident_id=incident.id, supersede=True, **content
    )
    again = await desk.do("write_postmortem", RECURRENCE, incident_id=incident.id, **content)
    assert (written["created"], again["created"]) == (True, False)
    assert written["postmortem"] == again["postmortem"]
    old, new = sorted(await rows("incident_postmortems"), key=lambda row: row["revision"])
    assert (old["id"], old["superseded_by"], new["superseded_at"]) == (
        stub["postmortem_artifact_id"],
        new["id"],
        None,
    )
    assert old["superseded_at"] == new["created_at"]
    assert (new["status"], new["revision"], new["corrective_actions"]) == (
        "complete",
        2,
        ["Warm it before switching."],
    )
    assert (await rows("incidents"))[0]["postmortem_artifact_id"] == new["id"]
    *_, event = await events("incidents.PostmortemCreated")
    assert event["superseded_artifact_id"] == old["id"]
    with pytest.raises(IntegrityError):
        async with get_engine().begin() as connection:
            await connection.execute(
                text("UPDATE incident_postmortems SET superseded_at = NULL, superseded_by = NULL")
            )
    for wrong in ({"title": " "}, {"root_cause": "\x00"}, {"corrective_actions": ["x"] * 101}):
        code = await desk.refused(
            "write_postmortem", RECURRENCE, incident_id=incident.id, supersede=True, **content | wrong
        )
        assert code == "INVALID_PARAMS"


async def test_stubs_at_the_same_time_are_one(desk: Desk) -> None:
    incident = await desk.open()
    answers = await asyncio.gather(
        *(desk.do("create_postmortem_stub", RECURRENCE, incident_id=incident.id) for _ in range(6))
    )
    assert sum(answer["created"] for answer in answers) == 1
    assert len({answer["postmortem_artifact_id"] for answer in answers}) == 1
    assert len(await events("incidents.PostmortemCreated")) == 1


async def test_over_http_groups_are_read_as_of_a_moment(client: Any, make_headers: Any) -> None:
    headers = await make_headers("acme", "incidents:write")
    base = "/api/v1/incidents"
    body = {"title": "t", "severity": "high", "category": "CACHE"}
    incident = (await client.post(base, json=body, headers=headers)).json()["data"]["incident"]
    path = f"{base}/recurrence/{incident['recurrence_signature']}"
    first = await client.get(path, headers=headers)
    as_of = first.json()["meta"]["as_of"]
    assert first.json()["data"]["count"] == 1
    stub = await client.post(f"{base}/{incident['id']}/postmortem-stub", headers=headers)
    assert stub.json()["data"]["created"] is True
    assert (await client.post(base, json=body, headers=headers)).status_code == 200
    again = await client.get(path, params={"as_of": as_of}, headers=headers)
    assert again.json()["data"] == first.json()["data"]
    assert (await client.get(path, headers=headers)).json()["data"]["count"] == 2
    assert (await client.get(path, params={"as_of": "yesterday"}, headers=headers)).status_code in (400, 422)
    assert (await client.get(f"{base}/recurrence/xyz", headers=headers)).status_code == 422
    assert (await client.get(f"{base}/recurrence/recipe", headers=headers)).status_code == 200
