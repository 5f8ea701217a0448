"""Anomalies are led through their life in the database, and only along its edges."""

from decimal import Decimal
from typing import Any

from core_tenant import Tenant, day, iso
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.hoc.cus.analytics.L5_engines.detection_facade import TRANSITIONS
from app.hoc.cus.analytics.L5_schemas.cost_anomaly import AnomalyStatus


async def open_anomaly(tenant: Tenant) -> str:
    await tenant.do("analytics.cost_write", "set_budget", budget_type="tenant", daily_limit_cents=Decimal(10))
    await tenant.backdate("cost_budgets", day(-60))
    await tenant.spend(9, day(0, 1))
    data = (await tenant.post("/detection/run", {"as_of": iso(day(0))})).json()["data"]
    (anomaly_id,) = data["anomaly_ids"]
    return str(anomaly_id)


async def test_the_whole_life_with_actor_time_and_notes(acme: Tenant) -> None:
    path = f"/detection/anomalies/{await open_anomaly(acme)}"
    acknowledged = (await acme.post(f"{path}/acknowledge")).json()["data"]
    assert (acknowledged["status"], acknowledged["acknowledged_by"]) == ("acknowledged", "key of acme")
    closed = (await acme.post(f"{path}/resolve", {"resolution": "resolved", "notes": "Fixed."})).json()[
        "data"
    ]
    assert (closed["status"], closed["resolution_notes"], closed["resolved_by"]) == (
        "resolved",
        "Fixed.",
        "key of acme",
    )
    # The past stays as it was.
    between = await acme.read(path, as_of=acknowledged["acknowledged_at"])
    assert (between["status"], between["resolved_at"], between["resolution_notes"]) == (
        "acknowledged",
        None,
        None,
    )
    before = await acme.read(path, as_of=day(0, 13))
    assert (before["status"], before["acknowledged_by"]) == ("open", None)
    for status, count in (("open", 1), ("acknowledged", 0), ("resolved", 0)):
        page = await acme.get("/detection/anomalies", as_of=day(0, 13), status=status)
        assert page.json()["meta"]["total"] == len(page.json()["data"]) == count
    assert (await acme.get(path, as_of=day(0, 11))).status_code == 404


async def test_unknown_anomalies_and_resolutions_are_refused(acme: Tenant) -> None:
    anomaly = await open_anomaly(acme)
    for path in ("nothing", "nothing/acknowledge"):
        call = acme.get if path == "nothing" else acme.post
        assert (await call(f"/detection/anomalies/{path}")).status_code == 404
    response = await acme.post(f"/detection/anomalies/{anomaly}/resolve", {"resolution": "open"})
    assert response.status_code == 422
    refused = await acme.call(
        "analytics.detection", "resolve_anomaly", anomaly_id=anomaly, resolution="acknowledged"
    )
    assert refused.error_code == "INVALID_RESOLUTION"
    refused = await acme.call("analytics.detection", "resolve_anomaly", anomaly_id=anomaly, resolution="gone")
    assert refused.error_code == "INVALID_PARAMS"


async def test_pages_have_real_totals_and_a_total_order(acme: Tenant) -> None:
    for user in "abcde":
        await acme.do(
            "analytics.cost_write",
            "set_budget",
            budget_type="user",
            entity_id=user,
            daily_limit_cents=Decimal(10),
        )
        await acme.spend(9 if user < "d" else 8, day(0, 1), user_id=user)
    await acme.backdate("cost_budgets", day(-60))
    await acme.post("/detection/run", {"as_of": iso(day(0))})
    everything = await acme.read("/detection/anomalies")
    assert len(everything) == 5
    paged = []
    for offset in range(0, 6, 2):
        page = (await acme.get("/detection/anomalies", limit=2, offset=offset)).json()
        assert (page["meta"]["total"], page["meta"]["has_more"]) == (5, offset < 4)
        paged += page["data"]
    assert paged == everything
    high = (await acme.get("/detection/anomalies", severity="HIGH", limit=1)).json()
    assert (high["meta"]["total"], len(high["data"])) == (3, 1)
    assert await acme.read("/detection/anomalies", detection_type="policy") == []


STEPS = st.lists(st.sampled_from(["acknowledge", "resolved", "dismissed", "detect"]), min_size=1, max_size=6)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_no_sequence_of_requests_takes_an_illegal_edge(
    make_tenant: Any, numbers: Any, steps: list[str]
) -> None:
    tenant = await make_tenant(f"t{next(numbers)}")
    anomaly = await open_anomaly(tenant)
    status = AnomalyStatus.OPEN
    for step in steps:
        if step == "detect":
            await tenant.post("/detection/run", {"as_of": iso(day(0))})
            answer, target = None, status
        elif step == "acknowledge":
            answer = await tenant.post(f"/detection/anomalies/{anomaly}/acknowledge")
            target = AnomalyStatus.ACKNOWLEDGED
        else:
            answer = await tenant.post(f"/detection/anomalies/{anomaly}/resolve", {"resolution": step})
            target = AnomalyStatus(step)
        if answer is not None:
            allowed = target in TRANSITIONS[status]
            assert answer.status_code == (200 if allowed else 409), answer.text
            status = target if allowed else status
        assert (await tenant.read(f"/detection/anomalies/{anomaly}"))["status"] == status.value


def test_the_machine_is_the_published_one() -> None:
    edges = {(source.value, target.value) for source, targets in TRANSITIONS.items() for target in targets}
    assert edges == {
        ("open", "acknowledged"),
        ("acknowledged", "resolved"),
        ("acknowledged", "dismissed"),
    }
