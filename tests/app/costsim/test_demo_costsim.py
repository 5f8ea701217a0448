"""``hoc demo`` leaves provenance, a divergence report and artifacts that the printed lines read over HTTP."""

import re
import shlex
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from typing import Any

import httpx


async def demo() -> str:
    process = await create_subprocess_exec(
        sys.executable, "-m", "app.cli", "demo", "--url", "http://hoc.test", stdout=PIPE, stderr=PIPE
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    assert not err, err.decode()  # what it has to say is in its summary
    return out.decode()


async def follow(client: httpx.AsyncClient, output: str, path: str) -> Any:
    """Run the printed curl line for ``path``, whatever its method."""
    [line] = [line for line in output.splitlines() if re.search(rf"{re.escape(path)}['?]?(\?\S*)?'?$", line)]
    words = shlex.split(line)
    headers = dict(words[i + 1].split(": ", 1) for i, word in enumerate(words) if word == "-H")
    content = words[words.index("-d") + 1] if "-d" in words else None
    method = "POST" if "POST" in words else "GET"
    answer = await client.request(method, words[-1], headers=headers, content=content)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


async def test_the_printed_lines_work(database_env: str, client: httpx.AsyncClient) -> None:
    output = await demo()
    assert "24 simulations recorded" in output
    assert "5 of 5 reference datasets accept V2" in output

    records = await follow(client, output, "/costsim/provenance")
    assert len(records) == 3
    assert {record["source"] for record in records} == {"sandbox"}
    stats = await follow(client, output, "/costsim/provenance/stats")
    report = await follow(client, output, "/costsim/divergence")
    assert stats["total"] == report["sample_count"] == 24
    # Realistic: the models agree on most plans and part on some.
    assert 0 < report["matching_rate"] < 1
    assert report["outlier_count"] >= 0
    assert len(await follow(client, output, "/costsim/datasets")) == 5
    artifacts = await follow(client, output, "/analytics/artifacts")
    assert len(artifacts) == 6
    [artifact] = await follow(client, output, "/analytics/artifacts/costsim.divergence")
    assert artifact["revision"] == 1
    simulated = await follow(client, output, "/costsim/v2/simulate")
    assert simulated["v1_cost_cents"] == 5
    status = await follow(client, output, "/costsim/v2/status")
    assert status["provenance"]["written"] == 1

    again = await demo()
    assert "already has 25 recorded simulations" in again
    assert len(await follow(client, again, "/analytics/artifacts")) == 6
