"""The load benchmark can say that something is missing, and does not say so when nothing is."""

import math
from typing import Any

import httpx
import pytest
from benchmarks.load import percentile
from benchmarks.load_clients import Client
from benchmarks.load_count import count_losses

ONE_DATABASE = pytest.mark.parametrize("migrated_database_url", ["sqlite"], indirect=True)


@ONE_DATABASE
async def test_what_was_answered_is_found_and_what_is_not_there_is_missed(
    http: Any, make_headers: Any, migrated_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = await make_headers("acme", "incidents:admin", "analytics:admin")
    client = Client(1, headers["Authorization"].removeprefix("Bearer "))
    make = httpx.AsyncClient
    # The same requests, without a socket.
    monkeypatch.setattr(
        httpx,
        "AsyncClient",
        lambda **options: make(transport=httpx.ASGITransport(app=http.app), **options),
    )
    await client.work("http://hoc.test", requests=60, until=math.inf)
    assert [deed.error for deed in client.deeds if deed.error] == []
    assert client.written >= 10
    assert {state for state, _ in client.incidents.values()} >= {"ACKED", "RESOLVED"}
    assert await count_losses(migrated_database_url, [client]) == []

    client.incidents["never-stored"] = ("ACTIVE", 1)
    client.cost_records.add("never-recorded")
    told = next(iter(client.incidents))
    client.incidents[told] = (client.incidents[told][0], client.incidents[told][1] + 1)
    losses = await count_losses(migrated_database_url, [client])
    assert len(losses) == 3
    assert all(name in " ".join(losses) for name in ("never-stored", "never-recorded", told))
    # A database that holds more than anybody was told is no less wrong.
    assert len(await count_losses(migrated_database_url, [])) > 0


def test_percentiles_are_times_that_were_measured() -> None:
    times = [float(n) for n in range(1, 101)]
    assert [percentile(times, share) for share in (0.5, 0.95, 0.99, 1.0)] == [50, 95, 99, 100]
    assert percentile([7.0], 0.99) == 7.0
    assert math.isnan(percentile([], 0.5))
