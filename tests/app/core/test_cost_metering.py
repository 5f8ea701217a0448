"""Feature tags, cost records, budgets, and what cost intelligence makes of them."""

from decimal import Decimal
from typing import Any

import pytest
from core_tenant import NOON, Tenant, day, iso
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.db import get_async_session, get_engine
from app.hoc.cus.analytics.L5_engines.cost_intelligence_engine import trend_of
from app.hoc.cus.analytics.L5_schemas.cost_intelligence import CostTrend
from app.hoc.cus.hoc_spine.drivers.audit_ledger_driver import AuditEntry, read_audit_entries
from app.infra.time import utc_now


async def post(tenant: Tenant, path: str, body: Any) -> Any:
    response = await tenant.post(path, body)
    assert response.status_code == 200, response.text
    return response.json()["data"]


async def refused(tenant: Tenant, path: str, body: Any) -> tuple[int, str]:
    response = await tenant.post(path, body)
    return response.status_code, response.json()["error"]["code"]


async def test_feature_tags_are_created_listed_changed_and_emptied(acme: Tenant) -> None:
    tag = {"tag": "support.triage", "display_name": "Triage", "budget_cents": "100.5", "description": "First"}
    created = await post(acme, "/cost/features", tag)
    assert {key: created[key] for key in tag} == tag
    assert await refused(acme, "/cost/features", tag) == (409, "CONFLICT")
    assert await refused(acme, "/cost/features", tag | {"tag": "nodot"}) == (400, "INVALID_TAG")
    assert (await refused(acme, "/cost/features", tag | {"budget_cents": -1}))[0] == 422
    assert await acme.read("/cost/features") == [created]

    async def put(path: str, body: Any) -> Any:
        return await acme.client.put(f"/api/v1/cost/features/{path}", json=body, headers=dict(acme.headers))

    changed = (await put("support.triage", {"budget_cents": None, "is_active": False})).json()["data"]
    assert (changed["budget_cents"], changed["is_active"]) == (None, False)
    assert (changed["description"], changed["display_name"]) == ("First", "Triage")
    assert changed["updated_at"] > created["updated_at"]
    assert await acme.read("/cost/features") == []
    assert await acme.read("/cost/features", include_inactive=True) == [changed]
    assert (await put("nothing.here", {"is_active": True})).status_code == 404
    assert (await put("support.triage", {})).json()["error"]["code"] == "MISSING_CHANGES"
    assert (await put("support.triage", {"display_name": None})).json()["error"]["code"] == "INVALID_CHANGES"


async def entries_about(tenant: Tenant, kind: str, entity_id: str) -> list[AuditEntry]:
    async with get_async_session(read_only=True) as session:
        return await read_audit_entries(
            session, tenant.id, entity_type=kind, entity_id=entity_id, as_of=utc_now()
        )


async def test_whoever_changes_a_tag_or_a_budget_is_in_the_ledger(acme: Tenant) -> None:
    tag = await acme.do(
        "analytics.cost_write",
        "create_feature_tag",
        tag="a.b",
        display_name="AB",
        budget_cents=Decimal("1.50"),
    )
    await acme.do(
        "analytics.cost_write", "update_feature_tag", tag="a.b", changes={"budget_cents": Decimal(9)}
    )
    refused = await acme.call("analytics.cost_write", "create_feature_tag", tag="a.b", display_name="again")
    assert refused.error_code == "CONFLICT"
    created, changed = await entries_about(acme, "feature_tag", tag.id)
    assert (created.event_type, created.actor_type, created.actor_id) == (
        "analytics.FeatureTagCreated",
        "user",
        "tester",
    )
    state = {"tag": "a.b", "display_name": "AB", "description": None, "is_active": True}
    assert (created.before_state, created.after_state) == (None, state | {"budget_cents": "1.500000"})
    assert changed.event_type == "analytics.FeatureTagChanged"
    assert changed.before_state == created.after_state
    assert changed.after_state == state | {"budget_cents": "9.000000"}

    for cents in (100, 200):
        await acme.do(
            "analytics.cost_write", "set_budget", budget_type="tenant", daily_limit_cents=Decimal(cents)
        )
    (budget,) = await acme.read("/cost/budgets")
    first, second = await entries_about(acme, "cost_budget", budget["id"])
    assert (first.event_type, first.before_state, first.actor_id) == ("analytics.BudgetSet", None, "tester")
    assert second.before_state == first.after_state
    assert [entry.after_state["daily_limit_cents"] for entry in (first, second) if entry.after_state] == [
        "100.000000",
        "200.000000",
    ]


async def test_a_record_keeps_fractions_of_a_cent(acme: Tenant) -> None:
    recorded = await post(acme, "/cost/record", {"model": "m", "cost_cents": 0.000001})
    assert (recorded["cost_cents"], recorded["status"], recorded["feature_tag"]) == (
        "0.000001",
        "recorded",
        None,
    )
    assert (await refused(acme, "/cost/record", {"model": "m", "cost_cents": "0.0000001"}))[0] == 422
    assert (await refused(acme, "/cost/record", {"model": "m", "cost_cents": "-1"}))[0] == 422
    assert (await refused(acme, "/cost/record", {"model": "m", "cost_cents": "NaN"}))[0] == 422
    assert (await acme.read("/cost/summary"))["total_cost_cents"] == "0.000001"


async def test_an_unknown_or_inactive_tag_is_unclassified(acme: Tenant) -> None:
    body = {"model": "m", "cost_cents": 1, "feature_tag": "a.b"}
    assert (await post(acme, "/cost/record", body))["feature_tag"] == "unclassified"
    await post(acme, "/cost/features", {"tag": "a.b", "display_name": "AB"})
    assert (await post(acme, "/cost/record", body))["feature_tag"] == "a.b"


async def test_an_idempotency_key_records_once_and_refuses_another_call(acme: Tenant) -> None:
    body = {"model": "m", "cost_cents": "2.5", "idempotency_key": "k1"}
    first = await post(acme, "/cost/record", body)
    again = await post(acme, "/cost/record", body)
    assert (first["created"], again["created"]) == (True, False)
    assert again["id"] == first["id"]
    assert await refused(acme, "/cost/record", body | {"cost_cents": "2.6"}) == (409, "CONFLICT")
    assert (await acme.read("/cost/summary"))["total_cost_cents"] == "2.5"


async def test_cost_records_are_append_only(acme: Tenant) -> None:
    await acme.spend(1, day(-1))
    for statement in ("UPDATE cost_records SET model = 'x'", "DELETE FROM cost_records"):
        with pytest.raises(DBAPIError, match="append-only"):
            async with get_engine().begin() as connection:
                await connection.execute(text(statement))


async def test_budgets_are_single_per_entity_and_show_their_use(acme: Tenant) -> None:
    first = await post(acme, "/cost/budgets", {"budget_type": "tenant", "daily_limit_cents": 10})
    second = await post(
        acme,
        "/cost/budgets",
        {"budget_type": "tenant", "monthly_limit_cents": "7.5", "hard_limit_enabled": True},
    )
    assert second["id"] == first["id"]
    assert (second["daily_limit_cents"], second["monthly_limit_cents"]) == (None, "7.5")
    await post(acme, "/cost/budgets", {"budget_type": "user", "entity_id": "u1", "daily_limit_cents": 1})
    await post(acme, "/cost/record", {"model": "m", "cost_cents": "7.4", "user_id": "u2"})
    assert [b["hard_limit_reached"] for b in await acme.read("/cost/budgets")] == [False, False]
    await post(acme, "/cost/record", {"model": "m", "cost_cents": "0.1", "user_id": "u1"})
    tenant, user = await acme.read("/cost/budgets")
    assert (tenant["current_monthly_spend_cents"], tenant["hard_limit_reached"]) == ("7.5", True)
    assert (user["entity_id"], user["current_daily_spend_cents"], user["hard_limit_reached"]) == (
        "u1",
        "0.1",
        False,
    )


@pytest.mark.parametrize(
    "body",
    [
        {"budget_type": "feature", "daily_limit_cents": 1},
        {"budget_type": "user", "daily_limit_cents": 1},
        {"budget_type": "tenant", "entity_id": "x", "daily_limit_cents": 1},
        {"budget_type": "tenant"},
    ],
)
async def test_impossible_budgets_are_refused(acme: Tenant, body: Any) -> None:
    assert await refused(acme, "/cost/budgets", body) == (400, "INVALID_BUDGET")
    assert await acme.read("/cost/budgets") == []


async def budget(tenant: Tenant, at: Any, **limits: Any) -> None:
    """A budget that existed at ``at``: the route would create it now."""
    await tenant.do("analytics.cost_write", "set_budget", budget_type="tenant", **limits)
    await tenant.backdate("cost_budgets", at)


async def test_the_summary_compares_the_rest_of_the_month_with_what_it_spent(acme: Tenant) -> None:
    await budget(acme, day(-30), daily_limit_cents=Decimal(10), monthly_limit_cents=Decimal(100))
    for cents, offset in (("30", -15), ("14", -3), ("7", -1)):
        await acme.spend(cents, day(offset), input_tokens=2)
    summary = await acme.read("/cost/summary", period="7d", as_of=NOON)
    assert summary["total_cost_cents"] == "21"
    assert (summary["budget_cents"], summary["budget_used_pct"]) == ("70", "30")
    assert summary["month_to_date_cents"] == "51"
    # (100 - 51) / (21 / 7)
    assert summary["days_remaining_at_current_rate"] == "16.333333"
    assert (summary["period_start"], summary["period_end"]) == (iso(day(-7)), iso(NOON))
    assert summary["provenance"]["sources"] == ["cost_records"]


async def test_breakdowns_name_the_nameless_and_flag_conspicuous_users(acme: Tenant) -> None:
    for user, cents in (("u1", 1), ("u2", 1), ("u3", 1), ("u4", "9.1"), (None, 1)):
        await acme.spend(cents, day(0, 1), user_id=user)
    users = (await acme.read("/cost/by-user", as_of=NOON))["items"]
    assert [(u["name"], u["is_anomalous"]) for u in users] == [
        ("u4", True),
        ("u1", False),
        ("u2", False),
        ("u3", False),
        ("anonymous", False),
    ]
    assert [f["name"] for f in (await acme.read("/cost/by-feature", as_of=NOON))["items"]] == ["untagged"]
    models = (await acme.read("/cost/by-model", as_of=NOON))["items"]
    assert [(m["name"], m["total_cost_cents"], m["pct_of_total"]) for m in models] == [
        ("gpt-small", "13.1", "100")
    ]


async def test_a_feature_budget_is_prorated_to_the_period(acme: Tenant) -> None:
    await post(acme, "/cost/features", {"tag": "a.b", "display_name": "AB", "budget_cents": 300})
    await post(acme, "/cost/record", {"model": "m", "cost_cents": 35, "feature_tag": "a.b"})
    (item,) = (await acme.read("/cost/by-feature", period="7d"))["items"]
    assert (item["display_name"], item["budget_cents"], item["budget_used_pct"]) == ("AB", "70", "50")


async def test_the_projection_extrapolates_whole_active_days(acme: Tenant) -> None:
    await budget(acme, day(-30), monthly_limit_cents=Decimal(100))
    for cents, offset in ((2, -7), (2, -5), (4, -3), (4, -1), (999, -8), (50, 0)):
        await acme.spend(cents, day(offset, 1))
    data = await acme.read("/cost/projection", lookback_days=7, forecast_days=10, as_of=NOON)
    assert (data["active_days"], data["current_daily_avg_cents"]) == (4, "3")
    assert (data["projected_total_cents"], data["monthly_projection_cents"]) == ("30", "90")
    assert data["trend"] == "increasing"
    assert data["days_until_budget_exhausted"] == "0"
    empty = await acme.read("/cost/projection", as_of=day(-20))
    assert (empty["trend"], empty["current_daily_avg_cents"]) == ("stable", "0")


@pytest.mark.parametrize(
    ("days", "trend"),
    [
        ([1, 1, 9], CostTrend.STABLE),
        ([10, 10, 12, 12], CostTrend.STABLE),
        ([10, 10, 12, 13], CostTrend.INCREASING),
        ([10, 10, 8, 8], CostTrend.STABLE),
        ([10, 10, 8, 7], CostTrend.DECREASING),
        ([10, 10, 30, 1, 1], CostTrend.STABLE),
    ],
)
def test_the_trend_compares_halves(days: list[int], trend: CostTrend) -> None:
    assert trend_of([Decimal(cents) for cents in days]) is trend


async def test_the_dashboard_holds_every_part(acme: Tenant) -> None:
    await acme.spend(3, day(-1))
    data = await acme.read("/cost/dashboard", period="7d", as_of=NOON)
    for name in ("summary", "projection"):
        query = {"period": "7d"} if name == "summary" else {}
        assert data[name] == await acme.read(f"/cost/{name}", **query, as_of=NOON)
    for name in ("feature", "user", "model"):
        assert data[f"by_{name}"] == await acme.read(f"/cost/by-{name}", period="7d", as_of=NOON)
    assert data["anomalies"] == []


async def test_metering_needs_the_scope_to_write(acme: Tenant, make_headers: Any) -> None:
    reader = await make_headers("acme", "analytics:read")
    writer = await make_headers("acme", "analytics:write")
    for path, body, headers, status in (
        ("record", {"model": "m", "cost_cents": 1}, reader, 403),
        ("record", {"model": "m", "cost_cents": 1}, writer, 200),
        ("budgets", {"budget_type": "tenant", "daily_limit_cents": 1}, writer, 403),
    ):
        response = await acme.client.post(f"/api/v1/cost/{path}", json=body, headers=headers)
        assert response.status_code == status, response.text
