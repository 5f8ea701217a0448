"""One client of the load benchmark: somebody at work on incidents, with the same random habits in every run."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

API = "/api/v1"
_CATEGORIES = ("COST_ANOMALY", "LATENCY", "RATE_LIMIT", "EXECUTION_FAILURE")
# What is done how often. About one request in three writes.
_HABITS = {
    "list active": 20,
    "open detail": 18,
    "list resolved": 8,
    "metrics": 6,
    "patterns": 4,
    "cost summary": 6,
    "feedback": 4,
    "record cost": 10,
    "open": 8,
    "acknowledge": 7,
    "add evidence": 5,
    "resolve": 6,
}


@dataclass(frozen=True)
class Deed:
    """One request: how long it took, and what went wrong, if anything did."""

    name: str
    writes: bool
    milliseconds: float
    error: str | None


@dataclass
class Client:
    """Works one request at a time and remembers what the database has to hold afterwards."""

    number: int
    key: str
    deeds: list[Deed] = field(default_factory=list)
    """Every request."""
    incidents: dict[str, tuple[str, int]] = field(default_factory=dict)
    """State and number of timeline entries of each incident of its own."""
    cost_records: set[str] = field(default_factory=set)
    """Ids of what was recorded."""
    written: int = 0
    """Writes that were answered with success."""

    def __post_init__(self) -> None:
        self._habits = random.Random(self.number)  # noqa: S311  # habits are no secret
        self._numbers = itertools.count(1)

    async def work(self, url: str, *, requests: int, until: float) -> None:
        """Send requests until their number or the time (``time.perf_counter``) is up."""
        headers = {"Authorization": f"Bearer {self.key}"}
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as http:
            for _ in range(requests):
                if time.perf_counter() >= until:
                    return
                await self._one(http)

    async def _one(self, http: httpx.AsyncClient) -> None:
        (name,) = self._habits.choices(list(_HABITS), weights=list(_HABITS.values()))
        method, path, body, done = self._request(name)
        started = time.perf_counter()
        error = None
        try:
            answer = await http.request(method, API + path, json=body)
            if answer.status_code != 200:
                error = f"{method} {path}: {answer.status_code} {answer.text[:200]}"
        except httpx.HTTPError as problem:
            error = f"{method} {path}: {problem!r}"
        self.deeds.append(Deed(name, done is not None, (time.perf_counter() - started) * 1000, error))
        if done is not None and error is None:
            self.written += 1
            done(answer.json()["data"])

    def _request(self, name: str) -> tuple[str, str, Any, Callable[[Any], None] | None]:
        """Method, path, body, and what a success has to be remembered as; reads have nothing to remember."""
        number = next(self._numbers)
        if name == "record cost":
            body = {
                "model": "gpt-small",
                "cost_cents": "0.4",
                "idempotency_key": f"{self.number}/{number}",
            }
            return "POST", "/cost/record", body, lambda data: self.cost_records.add(data["id"])
        if name in ("acknowledge", "resolve", "add evidence", "open detail"):
            wanted = {"acknowledge": {"ACTIVE"}, "resolve": {"ACTIVE", "ACKED"}}.get(name)
            mine = [key for key, (state, _) in self.incidents.items() if wanted is None or state in wanted]
            if mine:
                return self._on_incident(name, self._habits.choice(mine), number)
        if name == "open":
            return self._open(number)
        reads = {
            "list resolved": "/incidents/resolved?limit=20",
            "metrics": "/incidents/metrics?window_days=30",
            "patterns": "/incidents/patterns",
            "cost summary": "/cost/summary?period=7d",
            "feedback": "/feedback",
        }
        return "GET", reads.get(name, "/incidents/active?limit=20"), None, None

    def _open(self, number: int) -> tuple[str, str, Any, Callable[[Any], None]]:
        body = {
            "title": f"Incident {number} of client {self.number}",
            "description": "Made by the load benchmark.",
            "severity": self._habits.choice(["critical", "high", "medium", "low"]),
            "category": self._habits.choice(_CATEGORIES),
            "source_ref": f"load-{self.number}-{number}",
        }

        def remember(data: Any) -> None:
            incident = data["incident"]
            self.incidents[incident["id"]] = (incident["lifecycle_state"], incident["revision"])

        return "POST", "/incidents", body, remember

    def _on_incident(
        self, name: str, incident_id: str, number: int
    ) -> tuple[str, str, Any, Callable[[Any], None] | None]:
        path = f"/incidents/{incident_id}"
        if name == "open detail":
            return "GET", path, None, None
        state, entries = self.incidents[incident_id]

        def remember(_data: Any) -> None:
            after = {"acknowledge": "ACKED", "resolve": "RESOLVED"}.get(name, state)
            self.incidents[incident_id] = (after, entries + 1)

        bodies = {
            "acknowledge": {"reason": "On it."},
            "resolve": {"resolution_type": "fixed", "resolution_summary": "Restarted."},
            "add evidence": {"evidence_type": "note", "payload": {"number": number}},
        }
        last = {"acknowledge": "acknowledge", "resolve": "resolve", "add evidence": "evidence"}[name]
        return "POST", f"{path}/{last}", bodies[name], remember
