"""Suppression rules as of a moment: what was in force then, without what happened to them later; and what they had
prevented by then.
"""

from datetime import timedelta
from typing import Any

import httpx
from incident_read_history import START, opened, store
from sqlalchemy import insert

from app.db import get_engine
from app.main import API_PREFIX
from app.models.incident_prevention import IncidentSuppressionRule, PreventionRecord

HOUR = timedelta(hours=1)


async def test_rules_are_those_in_force_at_the_moment(client: httpx.AsyncClient, make_headers: Any) -> None:
    headers = await make_headers("acme", "incidents:read")
    await make_headers("other", "incidents:read")
    ends: list[dict[str, Any]] = [
        {},
        {"expires_at": START + 2 * HOUR},
        {"revoked_at": START + 3 * HOUR, "revoked_by": "ann"},
    ]
    async with get_engine().begin() as connection:
        for number, end in enumerate([*ends, {}]):
            values = {
                "id": f"rule-{number}",
                "tenant_id": "other" if number == len(ends) else "acme",
                "category": "LATENCY",
                "reason": "known",
                "created_by": "ann",
                "created_at": START,
            }
            await connection.execute(insert(IncidentSuppressionRule).values(values | end))

    async def rules(offset: int, **params: Any) -> dict[str, Any]:
        answer = await client.get(
            f"{API_PREFIX}/incidents/suppression-rules",
            params={"as_of": (START + offset * HOUR).isoformat(), **params},
            headers=headers,
        )
        assert answer.status_code == 200, answer.text
        return {rule["id"]: rule["revoked_by"] for rule in answer.json()["data"]}

    assert await rules(-1) == {}
    assert list(await rules(0)) == ["rule-0", "rule-1", "rule-2"]
    assert list(await rules(2)) == ["rule-0", "rule-2"]
    assert list(await rules(3)) == ["rule-0"]
    assert await rules(2, include_ended=True) == {"rule-0": None, "rule-1": None, "rule-2": None}
    assert await rules(3, include_ended=True) == {"rule-0": None, "rule-1": None, "rule-2": "ann"}


async def test_prevention_records_are_those_of_the_tenant_and_the_moment_newest_first(
    client: httpx.AsyncClient, make_headers: Any
) -> None:
    headers = await make_headers("acme", "incidents:read")
    await make_headers("other", "incidents:read")
    await store([opened(tenant, 1, START) for tenant in ("acme", "other")])
    async with get_engine().begin() as connection:
        for tenant, rule in (("acme", "r1"), ("acme", "r2"), ("other", "r3")):
            await connection.execute(
                insert(IncidentSuppressionRule).values(
                    id=rule,
                    tenant_id=tenant,
                    category="LATENCY",
                    reason="known",
                    created_by="ann",
                    created_at=START,
                )
            )
        for number, (rule, hours) in enumerate([("r1", 2), ("r2", 1), ("r1", 1), ("r3", 1), ("r1", 0)]):
            tenant = "other" if rule == "r3" else "acme"
            await connection.execute(
                insert(PreventionRecord).values(
                    id=f"p{number}",
                    tenant_id=tenant,
                    rule_id=rule,
                    incident_id=f"{tenant}-001",
                    source_type="cost_anomaly",
                    source_ref=f"a{number}",
                    outcome="prevented",
                    reason="known",
                    created_at=START + hours * HOUR,
                )
            )

    async def ask(status: int = 200, **params: Any) -> Any:
        answer = await client.get(
            f"{API_PREFIX}/incidents/prevention-records", params=params, headers=headers
        )
        assert answer.status_code == status, answer.text
        return answer.json()

    async def ids(**params: Any) -> list[str]:
        return [record["id"] for record in (await ask(**params))["data"]]

    assert await ids() == ["p0", "p1", "p2", "p4"]
    assert await ids(as_of=(START + HOUR).isoformat()) == ["p1", "p2", "p4"]
    assert await ids(as_of=(START - HOUR).isoformat()) == []
    assert await ids(rule_id="r1") == ["p0", "p2", "p4"]
    assert await ids(rule_id="r3") == []
    pages = [await ask(limit=3, offset=offset) for offset in (0, 3)]
    assert [r["id"] for page in pages for r in page["data"]] == ["p0", "p1", "p2", "p4"]
    assert [(p["meta"]["total"], p["meta"]["has_more"]) for p in pages] == [(4, True), (4, False)]
    [shown, *_] = (await ask(as_of=(START + HOUR).isoformat()))["data"]
    assert shown == {
        "id": "p1",
        "rule_id": "r2",
        "incident_id": "acme-001",
        "source_type": "cost_anomaly",
        "source_ref": "a1",
        "outcome": "prevented",
        "reason": "known",
        "created_at": "2026-01-05T10:00:00Z",
    }
    assert (await ask(422, limit=0))["error"]["code"]
    assert (await ask(400, as_of="yesterday"))["error"]["code"]
