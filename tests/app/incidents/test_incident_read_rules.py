"""Suppression rules as of a moment: what was in force then, without what happened to them later."""

from datetime import timedelta
from typing import Any

import httpx
from incident_read_history import START
from sqlalchemy import insert

from app.db import get_engine
from app.main import API_PREFIX
from app.models.incident_prevention import IncidentSuppressionRule

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
