"""COST-GOV: every HIGH anomaly has exactly one incident, or the run fails and stores nothing."""

import asyncio
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from core_tenant import NOON, Tenant, day, iso
from sqlalchemy import event, insert, text
from sqlalchemy.exc import IntegrityError

from app.db import get_engine
from app.hoc.cus.analytics.L5_engines.cost_anomaly_detector_engine import (
    run_anomaly_detection_with_governance,
)
from app.hoc.cus.analytics.L5_schemas.cost_anomaly import DetectionRun
from app.hoc.cus.analytics.L5_schemas.governance_error import GovernanceError
from app.hoc.cus.analytics.L6_drivers.anomaly_mapping import to_anomaly
from app.hoc.cus.analytics.L6_drivers.cost_anomaly_read_driver import CostAnomalyReadDriver
from app.hoc.cus.incidents.L5_engines.anomaly_bridge import AnomalyIncidentBridge
from app.models import CostAnomaly

STATE = (
    "cost_anomalies",
    "incidents",
    "cost_breach_history",
    "cost_drift_tracking",
    "cost_detection_runs",
)
ANOMALY = {
    "id": "ca_1",
    "tenant_id": "acme",
    "anomaly_type": "ABSOLUTE_SPIKE",
    "entity_type": "tenant",
    "period": "day",
    "detection_day": NOON.date(),
    "current_value_cents": Decimal(3),
    "expected_value_cents": Decimal(1),
    "deviation_pct": Decimal(200),
    "threshold_pct": Decimal(140),
    "message": "m",
    "derived_cause": "UNKNOWN",
    "metadata_json": {},
    "detected_at": NOON,
}


async def trouble(tenant: Tenant) -> None:
    """A spiking tenant and user, and a budget that is used up: three HIGH anomalies."""
    for offset in range(-14, -2):
        await tenant.spend(100, day(offset), user_id="u1")
    await tenant.spend(200, day(-2), user_id="u1")
    await tenant.spend(300, day(-1), user_id="u1")
    await tenant.do(
        "analytics.cost_write", "set_budget", budget_type="tenant", monthly_limit_cents=Decimal(100)
    )
    await tenant.backdate("cost_budgets", day(-60))


async def detect(tenant: Tenant) -> Any:
    return await tenant.post("/detection/run", {"as_of": iso(NOON)})


async def incidents() -> list[Any]:
    async with get_engine().connect() as connection:
        return list((await connection.execute(text("SELECT * FROM incidents ORDER BY id"))).mappings())


async def test_acceptance_3_each_high_anomaly_has_exactly_one_incident(acme: Tenant) -> None:
    await trouble(acme)
    data = (await detect(acme)).json()["data"]
    assert (data["anomalies_detected"], data["anomalies_created"], data["incidents_created"]) == (3, 3, 3)
    found = await acme.read("/detection/anomalies", as_of=NOON)
    stored = {incident["id"]: incident for incident in await incidents()}
    assert Counter(a["incident_id"] for a in found if a["severity"] == "HIGH") == Counter(list(stored))
    for anomaly in found:
        incident = stored[anomaly["incident_id"]]
        assert data["incidents"][anomaly["id"]] == incident["id"]
        assert incident["source_ref"] == anomaly["id"]
        assert (incident["status"], incident["lifecycle_state"]) == ("open", "ACTIVE")
        assert (incident["severity"], incident["category"]) == ("high", "COST_ANOMALY")
        assert "+" not in incident["title"]
    assert {incident["trigger_type"] for incident in stored.values()} == {"cost_spike", "budget_breach"}
    assert {incident["title"] for incident in stored.values()} >= {
        "ABSOLUTE_SPIKE: $2.00 above what was expected"
    }


async def test_a_high_budget_warning_reads_sensibly(acme: Tenant) -> None:
    await acme.do("analytics.cost_write", "set_budget", budget_type="tenant", daily_limit_cents=Decimal(1000))
    await acme.backdate("cost_budgets", day(-60))
    await acme.spend(950, day(0, 1))
    assert (await detect(acme)).json()["data"]["incidents_created"] == 1
    (incident,) = await incidents()
    assert incident["title"] == "BUDGET_WARNING: $0.50 below what was expected"
    assert incident["trigger_type"] == "budget_warning"


async def test_running_again_opens_no_second_incident(acme: Tenant, dump: Any) -> None:
    await trouble(acme)
    await detect(acme)
    before = await dump(*STATE)
    data = (await detect(acme)).json()["data"]
    assert (data["anomalies_detected"], data["anomalies_created"], data["incidents_created"]) == (3, 0, 0)
    assert await dump(*STATE) == before


@pytest.mark.parametrize("nth", [1, 2, 3])
async def test_acceptance_3_an_incident_that_cannot_be_opened_fails_the_run_and_nothing_is_stored(
    acme: Tenant, dump: Any, nth: int
) -> None:
    await trouble(acme)
    before = await dump(*STATE)
    inserts = 0

    def fail(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        nonlocal inserts
        if statement.startswith("INSERT INTO incidents"):
            inserts += 1
            if inserts == nth:
                raise IntegrityError(statement, None, Exception("the disk of the incidents is full"))

    event.listen(get_engine().sync_engine, "before_cursor_execute", fail)
    response = await detect(acme)
    event.remove(get_engine().sync_engine, "before_cursor_execute", fail)
    assert inserts == nth
    assert (response.status_code, response.json()["error"]["code"]) == (500, "GOVERNANCE_VIOLATION")
    assert "disk" not in response.text
    assert await dump(*STATE) == before
    assert (await detect(acme)).json()["data"]["incidents_created"] == 3


async def test_a_bridge_that_declines_fails_the_run(
    acme: Tenant, dump: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trouble(acme)
    before = await dump(*STATE)
    monkeypatch.setattr(AnomalyIncidentBridge, "ingest", lambda self, fact: None)
    response = await detect(acme)
    assert (response.status_code, response.json()["error"]["code"]) == (500, "GOVERNANCE_VIOLATION")
    assert await dump(*STATE) == before


async def test_acceptance_11_a_failure_at_the_last_anomaly_leaves_no_row(
    acme: Tenant, dump: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trouble(acme)
    before = await dump(*STATE)
    original = CostAnomalyReadDriver.upsert_anomaly
    calls = 0

    def upsert(self: Any, *args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise RuntimeError("SELECT secret")
        return original(self, *args)

    monkeypatch.setattr(CostAnomalyReadDriver, "upsert_anomaly", upsert)
    response = await detect(acme)
    assert (response.status_code, response.json()["error"]["code"]) == (500, "HANDLER_EXCEPTION")
    assert "secret" not in response.text
    assert await dump(*STATE) == before


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize(
    "fields",
    [
        {"severity": "HIGH"},
        {"severity": "HIGH", "incident_id": "no-such-incident"},
        {"severity": "SEVERE"},
        {"severity": "LOW", "status": "closed"},
        {"severity": "LOW", "status": "resolved"},
        {"severity": "LOW", "resolved": True, "resolved_at": NOON},
    ],
)
async def test_the_database_itself_refuses_what_breaks_the_rules(fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        async with get_engine().begin() as connection:
            await connection.execute(insert(CostAnomaly).values(**ANOMALY, **fields))


async def test_two_anomalies_cannot_share_an_incident(acme: Tenant) -> None:
    await trouble(acme)
    await detect(acme)
    with pytest.raises(IntegrityError):
        async with get_engine().begin() as connection:
            await connection.execute(
                text(
                    "UPDATE cost_anomalies SET incident_id = (SELECT min(id) FROM incidents) "
                    "WHERE incident_id <> (SELECT min(id) FROM incidents)"
                )
            )


async def test_the_governed_entry_point_does_not_trust_its_coordinator(acme: Tenant) -> None:
    fields = {"severity": "HIGH", "occurrence": 1, "breach_count": 1, "status": "open"}
    rows = [to_anomaly(CostAnomaly(**ANOMALY | fields | {"incident_id": ref})) for ref in (None, "i", "i")]

    class Careless:
        def __init__(self, *detected: Any) -> None:
            self._run = DetectionRun(detected=detected, created=len(detected), incidents_created={})

        async def detect_and_ingest(self, tenant_id: str, *, as_of: Any) -> DetectionRun:
            return self._run

    for careless in (Careless(rows[0]), Careless(rows[1], rows[2])):
        with pytest.raises(GovernanceError):
            await run_anomaly_detection_with_governance(careless, "acme", as_of=NOON)
    assert (await run_anomaly_detection_with_governance(Careless(rows[1]), "acme", as_of=NOON)).created == 1


async def test_detections_at_the_same_time_open_each_incident_once(acme: Tenant) -> None:
    await trouble(acme)
    answers = await asyncio.gather(*(detect(acme) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert sum(answer.json()["data"]["incidents_created"] for answer in answers) == 3
    assert len(await incidents()) == 3


async def test_a_closed_anomaly_stays_closed_unless_something_graver_happens(acme: Tenant) -> None:
    await acme.do("analytics.cost_write", "set_budget", budget_type="tenant", daily_limit_cents=Decimal(100))
    await acme.backdate("cost_budgets", day(-60))
    await acme.spend(80, day(0, 1))
    await detect(acme)
    (warning,) = await acme.read("/detection/anomalies")
    path = f"/detection/anomalies/{warning['id']}"
    assert (await acme.post(f"{path}/acknowledge")).status_code == 200
    assert (await acme.post(f"{path}/resolve", {"resolution": "dismissed"})).status_code == 200
    assert (await detect(acme)).json()["data"]["anomalies_detected"] == 0
    await acme.spend(12, day(0, 2))
    data = (await detect(acme)).json()["data"]
    assert (data["anomalies_created"], data["incidents_created"]) == (1, 1)
    severities = {a["severity"]: a["status"] for a in await acme.read("/detection/anomalies")}
    assert severities == {"MEDIUM": "dismissed", "HIGH": "open"}
