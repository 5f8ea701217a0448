"""Exports: they are the reads, their hashes can be recomputed by whoever receives them, and later writes change
nothing about an earlier moment.
"""

import hashlib
import itertools
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from incident_desk import Desk, audit
from incident_read_history import START, History, opened, store, store_later
from sqlalchemy import insert

from app.db import get_engine
from app.hoc.cus.hoc_spine.orchestrator.bootstrap import build_registry
from app.infra.canonical_json import content_hash
from app.main import API_PREFIX
from app.models.audit_ledger import AuditLedgerEntry
from app.models.incident_records import IncidentEvidence, IncidentPostmortem

HOUR = timedelta(hours=1)
KINDS = {"evidence": "EVD", "soc2": "SOC2", "executive-debrief": "EXEC"}
Get = Callable[..., Awaitable[Any]]


@pytest.fixture
async def ask(client: httpx.AsyncClient, make_headers: Any) -> Get:
    """Ask for a path of the tenant acme and return the answer's JSON."""
    headers = await make_headers("acme", "incidents:read", actor_id="auditor")

    async def send(path: str, body: Any = None, status: int = 200, **params: Any) -> Any:
        answer = await client.request(
            "GET" if body is None else "POST",
            f"{API_PREFIX}/incidents/{path}",
            params=params,
            json=body,
            headers=headers,
        )
        assert answer.status_code == status, answer.text
        return answer.json()

    return send


@pytest.fixture
def own_desk(ask: Get) -> Desk:
    """The desk of the tenant that asks."""
    return Desk(build_registry())


@pytest.fixture
async def resolved(ask: Get) -> History:
    """An incident with evidence and a postmortem, resolved after five hours; its cost has odd digits."""
    history = opened("acme", 1, START).acknowledge(START + HOUR).escalate(START + 2 * HOUR)
    history.cost(START + 3 * HOUR, Decimal("12.340500")).resolve(
        START + 5 * HOUR, resolution_notes="Größe – 1 €"
    )
    await store([history])
    payload = {"log": "Zeit überschritten", "tries": 3, "ratio": 0.25}
    async with get_engine().begin() as connection:
        await connection.execute(
            insert(IncidentEvidence).values(
                id="ev-1",
                tenant_id="acme",
                incident_id=history.now.id,
                evidence_type="log",
                recovery_executed=True,
                payload=payload,
                content_hash=content_hash(payload),
                captured_by="ann",
                created_at=START + 2 * HOUR,
            )
        )
        for revision, superseded in ((1, True), (2, False)):
            await connection.execute(
                insert(IncidentPostmortem).values(
                    id=f"pm-{revision}",
                    tenant_id="acme",
                    incident_id=history.now.id,
                    revision=revision,
                    status="complete",
                    title="Retries",
                    summary="They did not stop.",
                    root_cause="No limit",
                    impact="Twelve dollars",
                    corrective_actions=["Limit them", "Alert earlier"],
                    content_hash="0" * 64,
                    created_by="ann",
                    created_at=START + (5 + revision) * HOUR,
                    superseded_at=START + 7 * HOUR if superseded else None,
                    superseded_by="pm-2" if superseded else None,
                )
            )
    return history


def canonical_digest(content: Any) -> str:
    """As the documentation of the hash tells a receiver to compute it, with nothing of ours."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("kind", KINDS)
async def test_the_hash_is_that_of_the_content_and_names_the_bundle(
    ask: Get, resolved: History, kind: str
) -> None:
    bundle = (await ask(f"{resolved.now.id}/export/{kind}", {"export_reason": "audit"}))["data"]
    assert bundle["content_hash"] == canonical_digest(bundle["content"])
    assert bundle["bundle_id"] == f"{KINDS[kind]}-{bundle['content_hash'][:12]}"
    assert (bundle["exported_by"], bundle["export_reason"]) == ("auditor", "audit")


async def test_an_evidence_bundle_is_the_detail(ask: Get, resolved: History) -> None:
    for offset in (0, 1, 2, 4, 5, 6, 7, 8):
        as_of = (START + offset * HOUR).isoformat()
        detail = (await ask(resolved.now.id, as_of=as_of))["data"]
        content = (await ask(f"{resolved.now.id}/export/evidence", {}, as_of=as_of))["data"]["content"]
        assert {part: content[part] for part in detail} == detail
        debrief = (await ask(f"{resolved.now.id}/export/executive-debrief", {}, as_of=as_of))["data"]
        assert debrief["content"]["incident"] == detail["incident"]
        learnings = (await ask(f"{resolved.now.id}/learnings", as_of=as_of))["data"]
        assert debrief["content"]["learnings"] == learnings


async def test_parts_of_the_detail_have_routes_of_their_own(ask: Get, resolved: History) -> None:
    detail = (await ask(resolved.now.id))["data"]
    assert len(detail["timeline"]) == 5
    assert [p["id"] for p in detail["postmortems"]] == ["pm-2", "pm-1"]
    for part in ("timeline", "evidence", "postmortems"):
        assert (await ask(f"{resolved.now.id}/{part}"))["data"] == detail[part]


@pytest.mark.parametrize("kind", KINDS)
async def test_exporting_again_after_later_writes_gives_the_same_hash(
    ask: Get, resolved: History, kind: str
) -> None:
    as_of = (START + 9 * HOUR).isoformat()
    first = await ask(f"{resolved.now.id}/export/{kind}", {}, as_of=as_of)
    stored = len(resolved.versions)
    await store_later(resolved.reopen(START + 10 * HOUR), stored)
    assert await ask(f"{resolved.now.id}/export/{kind}", {}, as_of=as_of) == first
    later = await ask(f"{resolved.now.id}/export/{kind}", {})
    assert later["data"]["content_hash"] != first["data"]["content_hash"]


async def test_why_and_for_whom_do_not_change_the_hash(ask: Get, resolved: History) -> None:
    plain = (await ask(f"{resolved.now.id}/export/soc2", {}))["data"]
    told = await ask(
        f"{resolved.now.id}/export/soc2",
        {"export_reason": "yearly", "prepared_for": "the auditor", "auditor_notes": "none"},
    )
    assert told["data"]["content_hash"] == plain["content_hash"]
    assert told["data"]["auditor_notes"] == "none"


async def test_controls_are_shown_by_entries_within_the_period_or_not_at_all(
    ask: Get, resolved: History
) -> None:
    async def statuses(**period: str) -> dict[str, tuple[str, list[int]]]:
        content = (await ask(f"{resolved.now.id}/export/soc2", period))["data"]["content"]
        return {c["control_id"]: (c["status"], c["timeline_entries"]) for c in content["controls"]}

    shown, missing = "DEMONSTRATED", "NOT_DEMONSTRATED"
    assert await statuses() == {"CC7.2": (shown, [1]), "CC7.3": (shown, [2, 3]), "CC7.4": (shown, [5])}
    assert await statuses(period_start=(START + 2 * HOUR).isoformat()) == {
        "CC7.2": (missing, []),
        "CC7.3": (shown, [3]),
        "CC7.4": (shown, [5]),
    }
    assert await statuses(period_end=START.isoformat()) == {
        "CC7.2": (shown, [1]),
        "CC7.3": (missing, []),
        "CC7.4": (missing, []),
    }
    period = {"period_start": (START + HOUR).isoformat(), "period_end": START.isoformat()}
    refused = await ask(f"{resolved.now.id}/export/soc2", period, status=400)
    assert refused["error"]["code"] == "INVALID_PERIOD"


async def test_integrity_is_computed(ask: Get, resolved: History) -> None:
    async def integrity() -> dict[str, bool]:
        found: dict[str, bool] = (await ask(f"{resolved.now.id}/export/evidence", {}))["data"]["content"][
            "integrity"
        ]
        return found

    # The fixture's postmortem was never linked to the incident, and the ledger was told nothing.
    assert await integrity() == {
        "audit_trail_matches_timeline": False,
        "timeline_is_gapless": True,
        "timeline_states_chain": True,
        "evidence_hashes_match": True,
        "postmortem_is_linked": False,
    }
    async with get_engine().begin() as connection:
        await connection.execute(
            insert(IncidentEvidence).values(
                id="ev-2",
                tenant_id="acme",
                incident_id=resolved.now.id,
                evidence_type="log",
                payload={"log": "changed"},
                content_hash=content_hash({"log": "original"}),
                captured_by="mallory",
                created_at=START + 3 * HOUR,
            )
        )
    assert not (await integrity())["evidence_hashes_match"]


async def test_bundles_hold_what_the_ledger_says_of_the_incident_at_the_moment(
    ask: Get, own_desk: Desk, make_desk: Any
) -> None:
    incident_id = await own_desk.bring_to("REOPENED")
    await own_desk.open()
    foreign = await (await make_desk("globex")).open()
    stored = await audit(incident_id)
    assert [row["event_type"] for row in stored] == [
        "IncidentOpened",
        "IncidentResolved",
        "IncidentReopened",
    ]
    for kind, known in itertools.product(("evidence", "soc2"), range(1, len(stored) + 1)):
        as_of = stored[known - 1]["recorded_at"].isoformat()
        bundle = (await ask(f"{incident_id}/export/{kind}", {}, as_of=as_of))["data"]
        assert bundle["content_hash"] == canonical_digest(bundle["content"])
        assert [
            (r["event_type"], r["actor"]["actor_id"], r["reason"], r["before_state"], r["after_state"])
            for r in bundle["content"]["audit_trail"]
        ] == [
            tuple(r[key] for key in ("event_type", "actor_id", "reason", "before_state", "after_state"))
            for r in stored[:known]
        ]
        assert bundle["content"]["integrity"]["audit_trail_matches_timeline"]
        assert foreign.id not in str(bundle)


async def test_a_long_trail_is_exported_whole_and_compared_with_the_timeline(
    ask: Get, own_desk: Desk
) -> None:
    incident_id = await own_desk.bring_to("ACKED")
    [*_, last] = await audit(incident_id)
    more = {name: value for name, value in last.items() if name != "id"}
    async with get_engine().begin() as connection:
        await connection.execute(insert(AuditLedgerEntry), [more] * 150)
    content = (await ask(f"{incident_id}/export/evidence", {}))["data"]["content"]
    assert len(content["audit_trail"]) == 152
    assert not content["integrity"]["audit_trail_matches_timeline"]


async def test_a_debrief_says_what_is_recorded(ask: Get, resolved: History) -> None:
    content = (await ask(f"{resolved.now.id}/export/executive-debrief", {}))["data"]["content"]
    assert content["risk_level"] == "high"
    assert content["summary"] == (
        "Incident 1 (critical, COST_ANOMALY) was opened at 2026-01-05 09:00 UTC and resolved as fixed "
        "300 minutes later by ann."
    )
    assert content["business_impact"] == "Scope: tenant; affected: 1; cost: 12.3405 US dollars."
    assert content["recommendations"][:2] == [
        "Corrective action: Limit them",
        "Corrective action: Alert earlier",
    ]
    early = await ask(f"{resolved.now.id}/export/executive-debrief", {}, as_of=START.isoformat())
    assert early["data"]["content"]["summary"].endswith("and nobody has taken it yet.")
    assert early["data"]["content"]["recommendations"] == [
        "Resolve the incident: it is still open.",
        "Write a postmortem: there is none.",
    ]


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_unknown_foreign_or_later_is_not_exported(
    ask: Get, make_headers: Any, resolved: History, kind: str
) -> None:
    await make_headers("other", "incidents:read")
    await store([opened("other", 1, START)])
    for incident_id, params in (
        ("nothing", {}),
        ("other-001", {}),
        (resolved.now.id, {"as_of": (START - HOUR).isoformat()}),
    ):
        refused = await ask(f"{incident_id}/export/{kind}", {}, status=404, **params)
        assert refused["error"]["code"] == "NOT_FOUND"
