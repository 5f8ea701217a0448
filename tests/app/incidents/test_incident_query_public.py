"""The public list: the same answers as the console's, and every problem of a query at once."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from incident_read_history import START, opened, store

from app.main import API_PREFIX

PATH = f"{API_PREFIX}/cus/incidents/list"


async def test_it_answers_what_the_lists_answer(client: httpx.AsyncClient, make_headers: Any) -> None:
    headers = await make_headers("acme", "incidents:read")
    days = timedelta(days=1)
    await store(
        [opened("acme", n, START + n * days) for n in range(3)]
        + [opened("acme", n, START).resolve(START + n * days) for n in range(10, 15)]
    )
    as_of = (START + 22 * days).isoformat()
    for topic, more in (
        ("active", {"severity": "high", "limit": "2"}),
        ("resolved", {"resolved_after": START.isoformat(), "offset": "1"}),
        ("historical", {"retention_days": "10"}),
    ):
        params = {"as_of": as_of, **more}
        public = await client.get(PATH, params={"topic": topic, **params}, headers=headers)
        console = await client.get(f"{API_PREFIX}/incidents/{topic}", params=params, headers=headers)
        assert public.content == console.content, topic
        assert public.json()["data"], topic


@pytest.mark.parametrize("migrated_database_url", ["sqlite"], indirect=True)
async def test_every_problem_is_named_at_once(client: httpx.AsyncClient, make_headers: Any) -> None:
    headers = await make_headers("acme", "incidents:read")

    async def problems(query: str) -> list[str]:
        answer = await client.get(f"{PATH}?{query}", headers=headers)
        assert answer.status_code == 400, (query, answer.text)
        assert answer.json()["error"]["code"] == "INVALID_QUERY"
        return [detail["field"] for detail in answer.json()["error"]["details"]]

    assert await problems("") == ["topic"]
    assert await problems("topic=open&limit=0") == ["topic"]
    wrong = (
        "topic=active&sort_by=severity&limit=0&severity=HIGH&limit=5&resolved_after=2026-01-01T00:00:00Z&x=1"
    )
    assert await problems(wrong) == ["limit", "resolved_after", "severity", "sort_by", "x"]
    inverted = "topic=resolved&created_after=2026-02-01T00:00:00Z&created_before=2026-01-01T00:00:00Z"
    assert await problems(inverted) == ["created_after"]
    assert await problems("topic=historical&retention_days=6&is_synthetic=true&as_of=2026-01-01") == [
        "as_of",
        "is_synthetic",
        "retention_days",
    ]
    assert await problems("topic=active&created_after=2026-01-01T00:00:00") == ["created_after"]
