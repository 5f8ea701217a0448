"""``hoc demo``: everything it prints can be read, and running it again changes nothing."""

import asyncio
import re

import httpx
import pytest
from click.testing import CliRunner

from app.cli import hoc
from app.db import dispose_engine
from app.main import create_app


def demo() -> str:
    result = CliRunner().invoke(hoc, ["demo", "--url", "http://demo.test"])
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def reads(output: str) -> dict[str, httpx.Response]:
    """Follow every printed curl line that reads, exports among them."""
    commands = re.findall(r"curl -H '(Authorization): ([^']+)' '(http://demo\.test[^']+)'", output)
    exports = re.findall(r"curl -H '(Authorization): ([^']+)' -X POST .* '{}' (\S+/export/\S+)", output)

    async def follow() -> dict[str, httpx.Response]:
        app = create_app()
        transport = httpx.ASGITransport(app=app)
        async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport) as client:
            read = {url: await client.get(url, headers={name: value}) for name, value, url in commands}
            return read | {
                url: await client.post(url, json={}, headers={name: value}) for name, value, url in exports
            }

    return asyncio.run(follow())


@pytest.mark.usefixtures("database_env")
def test_what_the_demo_prints_can_be_read_and_a_second_run_changes_nothing() -> None:
    printed = demo()
    first = reads(printed)
    asyncio.run(dispose_engine())
    assert {url: response.status_code for url, response in first.items()} == dict.fromkeys(first, 200)

    def data(path: str) -> object:
        (response,) = (r for url, r in first.items() if url.partition("?")[0].endswith(path))
        return response.json()["data"]

    usage, cost = data("/statistics/usage"), data("/statistics/cost")
    assert isinstance(usage, dict)
    assert usage["signals"]["sources"] == ["cost_records", "llm.usage", "worker.execution"]
    assert isinstance(cost, dict)
    assert len(cost["series"]) == 30 or len(cost["series"]) == 29  # before eight there is nothing today
    anomalies = data("/detection/anomalies")
    assert isinstance(anomalies, list)
    assert any(a["severity"] == "HIGH" and a["incident_id"] for a in anomalies)
    assert {a["derived_cause"] for a in anomalies if a["entity_type"] == "user"} == {"RETRY_LOOP"}
    feedback, predictions = data("/feedback"), data("/predictions")
    assert isinstance(feedback, list)
    assert {item["pattern_type"] for item in feedback} >= {"failure_pattern"}
    assert isinstance(predictions, list)
    assert {p["prediction_type"] for p in predictions} == {"failure_likelihood", "cost_overrun"}

    (life,) = re.findall(r"the life of an incident: (\S+)", printed)
    incident, group = data(f"/incidents/{life}"), [url for url in first if "/incidents/recurrence/" in url]
    assert isinstance(incident, dict)
    assert incident["incident"]["lifecycle_state"] == "RESOLVED"
    assert [entry["event_type"] for entry in incident["timeline"]] == [
        "incident_created",
        "acknowledged",
        "evidence_captured",
        "postmortem_created",
        "resolved",
    ]
    assert [p["status"] for p in incident["postmortems"]] == ["complete"]
    returned = first[group[0]].json()["data"]
    assert {member["lifecycle_state"] for member in returned["incidents"]} == {"ACTIVE", "RESOLVED"}
    evidence = data("/export/evidence")
    assert isinstance(evidence, dict)
    assert evidence["bundle_id"] in printed
    assert evidence["content_hash"] in printed
    assert all(evidence["content"]["integrity"].values())

    again = demo()
    assert "left as they are" in again
    second = reads(again)
    for path in ("/detection/anomalies", "/feedback", "/predictions"):
        (one,), (other,) = (
            [r.json()["data"] for u, r in answers.items() if u.endswith(path)] for answers in (first, second)
        )
        assert one == other
