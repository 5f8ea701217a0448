"""Random lives of incidents led by several people at once on PostgreSQL: nothing is lost, nothing is told twice,
and every timeline replays to the incident.
"""

import asyncio
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from incident_desk import Desk, events, rows
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db import dispose_engine, get_async_session_factory
from app.hoc.cus.hoc_spine.orchestrator.bootstrap import build_registry
from app.hoc.cus.incidents.L5_engines.incident_state_machine import TRANSITIONS
from app.hoc.cus.incidents.L5_schemas.incident_row import mutable_state
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import LifecycleState
from app.hoc.cus.incidents.L6_drivers.incident_mapping import to_incident_row
from app.hoc.cus.incidents.L6_drivers.incident_write_driver import IncidentWriteDriver
from app.models import Incident, Tenant

RECURRENCE = "incidents.recurrence"
_tenants = itertools.count(1)

# What people do to an incident, with the parameters it takes.
STEPS: dict[str, tuple[str, dict[str, Any]]] = {
    "acknowledge_incident": ("incidents.write", {}),
    "resolve_incident": ("incidents.write", {"resolution_type": "fixed", "resolution_summary": "s"}),
    "manual_close_incident": ("incidents.write", {"reason": "r"}),
    "reopen_incident": ("incidents.write", {"reason": "r"}),
    "reactivate_incident": ("incidents.write", {}),
    "add_evidence": ("incidents.write", {"evidence_type": "note", "payload": {"a": 1}}),
    "create_postmortem_stub": (RECURRENCE, {}),
    "write_postmortem": (RECURRENCE, {"title": "t", "summary": "s", "supersede": True}),
}
ACTIONS = st.one_of(
    st.tuples(st.just("create"), st.integers(0, 3)),
    st.tuples(st.just("trigger"), st.integers(0, 5)),
    st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 9)),
    # More of what moves an incident, and mostly the same one: that is where people meet.
    st.tuples(st.sampled_from(sorted(STEPS)), st.just(0)),
)


class Lives(RuleBasedStateMachine):
    """One tenant; every step is several calls at the same time."""

    def __init__(self, runner: asyncio.Runner) -> None:
        super().__init__()
        self._runner = runner
        self._tenant_id = f"tenant-{next(_tenants)}"
        registry = build_registry()
        self._desks = [Desk(registry, self._tenant_id, name) for name in ("ann", "bob", "eve")]
        self._told = 0  # how many entries timelines must have in all
        self._merged: Counter[str] = Counter()

    @initialize()
    def begin(self) -> None:
        """One tenant with one incident."""

        async def create() -> None:
            async with get_async_session_factory().begin() as session:
                session.add(Tenant(id=self._tenant_id))

        self._runner.run(create())
        self._at_once([("create", 0)])

    @rule(actions=st.lists(ACTIONS, min_size=2, max_size=5))
    def people_act_at_once(self, actions: list[tuple[str, int]]) -> None:
        """Several calls, none of which waits for another."""
        self._at_once(actions)

    @invariant()
    def everything_agrees(self) -> None:
        """See ``_agree``."""
        self._runner.run(self._agree())

    def _at_once(self, actions: list[tuple[str, int]]) -> None:
        async def act() -> list[Any]:
            known = [row["id"] for row in await rows("incidents", tenant_id=self._tenant_id)]
            return await asyncio.gather(
                *(
                    self._act(self._desks[i % 3], what, number, known)
                    for i, (what, number) in enumerate(actions)
                )
            )

        for (what, _), result in zip(actions, self._runner.run(act()), strict=True):
            if result is None:
                continue
            if not result.success:
                assert result.error_code == "CONFLICT", (what, result.error_code, result.error)
                continue
            self._count(what, result.data)

    async def _act(self, desk: Desk, what: str, number: int, known: list[str]) -> Any:
        if what == "create":
            params = {"title": "t", "severity": "low", "category": "C", "source_ref": f"r{number}"}
            return await desk.call("create_incident", **params)
        if what == "trigger":
            params = {"trigger_type": "freeze", "call_id": f"c{number}", "cost_delta_cents": Decimal(1)}
            return await desk.call("record_trigger", **params)
        if not known:
            return None
        operation, params = STEPS[what]
        return await desk.call(what, operation, incident_id=known[number % len(known)], **params)

    def _count(self, what: str, data: Any) -> None:
        if what in ("create", "trigger"):
            self._told += data.is_new or data.merged
            if what == "trigger":
                self._merged[data.incident.id] += data.is_new or data.merged
        elif isinstance(data, dict):
            self._told += data["created"]
        else:
            self._told += 1

    async def _agree(self) -> None:
        incidents, timelines = await self._stored()
        told = await rows("audit_ledger", tenant_id=self._tenant_id)
        announced = [event for event in await events() if event["tenant_id"] == self._tenant_id]
        in_force = Counter(
            row["incident_id"]
            for row in await rows("incident_postmortems", tenant_id=self._tenant_id)
            if row["superseded_at"] is None
        )
        assert sum(map(len, timelines.values())) == self._told == len(told)
        assert [event["sequence_no"] for event in announced] == list(range(1, len(announced) + 1))
        grouped = [e for e in announced if e["event_type"] == "incidents.IncidentRecurrenceGrouped"]
        assert len(announced) - len(grouped) == self._told
        for incident in incidents:
            entries = timelines[incident.id]
            assert [entry["sequence_no"] for entry in entries] == list(range(1, incident.revision + 1))
            # The timeline replays: each entry begins where the one before ended, and the last one is the incident.
            assert [entry["before_state"] for entry in entries[1:]] == [
                entry["after_state"] for entry in entries[:-1]
            ]
            assert entries[-1]["after_state"] == mutable_state(incident)
            states = [LifecycleState(entry["after_state"]["lifecycle_state"]) for entry in entries]
            for before, after in itertools.pairwise(states):
                assert after is before or after in TRANSITIONS[before]
            assert [
                (row["before_state"], row["after_state"]) for row in told if row["entity_id"] == incident.id
            ] == [(entry["before_state"], entry["after_state"]) for entry in entries]
            assert [e["created_at"] for e in entries] == sorted(e["created_at"] for e in entries)
            assert incident.calls_affected == self._merged[incident.id] == incident.cost_delta_cents
            assert in_force[incident.id] == (incident.postmortem_artifact_id is not None)

    async def _stored(self) -> tuple[list[Any], dict[str, list[Any]]]:
        def read(session: Session) -> list[Any]:
            query = select(Incident).where(Incident.tenant_id == self._tenant_id)
            return [to_incident_row(row) for row in session.scalars(query)]

        async with get_async_session_factory()() as session:
            incidents = await session.run_sync(read)
        timelines: dict[str, list[Any]] = {incident.id: [] for incident in incidents}
        entries = await rows("incident_events", tenant_id=self._tenant_id)
        for entry in sorted(entries, key=lambda row: row["sequence_no"]):
            timelines[entry["incident_id"]].append(entry)
        return incidents, timelines


@pytest.fixture
def runner(database_env: str) -> Iterator[asyncio.Runner]:
    """A loop for all examples, with the engine on the database of this test."""
    with asyncio.Runner() as running:
        try:
            yield running
        finally:
            running.run(dispose_engine())


@pytest.mark.parametrize("migrated_database_url", ["postgresql"], indirect=True)
def test_concurrent_lives_keep_every_invariant(runner: asyncio.Runner) -> None:
    run_state_machine_as_test(
        lambda: Lives(runner),
        settings=settings(
            max_examples=12,
            stateful_step_count=8,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("migrated_database_url", ["postgresql"], indirect=True)
def test_the_machine_would_notice_a_lost_update(
    runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the lock and the conditional update, people overwrite each other and the machine says so."""

    def careless_read(self: Any, tenant_id: str, incident_id: str) -> Any:
        return to_incident_row(self._session.get(Incident, incident_id))

    def careless_change(self: Any, before: Any, **values: Any) -> Any:
        values["revision"] = before.revision + 1
        self._session.execute(update(Incident).where(Incident.id == before.id).values(values))
        values.pop("status", None)
        return replace(before, **values)

    monkeypatch.setattr(IncidentWriteDriver, "lock_incident", careless_read)
    monkeypatch.setattr(IncidentWriteDriver, "_change", careless_change)
    lives = Lives(runner)
    lives.begin()

    def meet() -> None:
        for _ in range(20):
            lives.people_act_at_once(actions=[("add_evidence", 0)] * 5)
            lives.everything_agrees()

    with pytest.raises(AssertionError):
        meet()
