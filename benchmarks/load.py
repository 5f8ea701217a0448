"""``python -m benchmarks.load``: the service under mixed reads and writes over real HTTP, on SQLite and PostgreSQL.

For each database, ``hoc serve`` is started on a free port of the loopback interface with an empty database. Clients, each
one person at work in one of four tenants, open, acknowledge and resolve incidents, add evidence and record costs between
reads, until the time or the number of requests is up. Afterwards the database is read directly: every write that was
answered has to be there, and every stream of events without a gap. See README.md for how to read the table.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.load_clients import Client, Deed
from benchmarks.load_count import count_losses
from benchmarks.load_service import BACKENDS, place, serving
from benchmarks.machine import conditions

TENANTS = tuple(f"load-{number}" for number in range(4))
_HEAD = ("", "", "requests", "req/s", "p50 ms", "p95 ms", "p99 ms", "max ms", "errors")


@dataclass
class Run:
    """What one database came to."""

    backend: str
    seconds: float
    deeds: list[Deed]
    written: int
    losses: list[str]

    @property
    def failed(self) -> bool:
        """Whether something went wrong that must not."""
        return bool(self.losses) or any(deed.error for deed in self.deeds)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the table. Exit code 1: an error, a lost write or a gap in the events."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="for each database; default: %(default)s")
    parser.add_argument(
        "--requests", type=int, default=20_000, help="at most, for each database; default: %(default)s"
    )
    parser.add_argument("--clients", type=int, default=8, help="at the same time; default: %(default)s")
    parser.add_argument(
        "--databases", nargs="+", choices=BACKENDS, default=BACKENDS, help="default: %(default)s"
    )
    options = parser.parse_args(arguments)
    if options.seconds <= 0 or options.requests < 1 or options.clients < 1:
        parser.error("--seconds, --requests and --clients must be positive")
    for line in conditions("fastapi", "uvicorn", "sqlalchemy", "httpx"):
        print(line)
    print(f"clients   {options.clients}, in {len(TENANTS)} tenants, one process; one server process")
    print(f"bounds    {options.seconds:g} s and {options.requests:,} requests for each database\n")
    runs = [
        asyncio.run(run(backend, options.seconds, options.requests, options.clients))
        for backend in options.databases
    ]
    for line in table(runs):
        print(line)
    print()
    for result in runs:
        print(f"{result.backend:10}  {result.written} writes were answered; {_verdict(result)}")
    return 1 if any(result.failed for result in runs) else 0


async def run(backend: str, seconds: float, requests: int, clients: int) -> Run:
    """Start the service on a backend, let the clients work, stop it, and count."""
    with place(backend) as where:
        async with serving(where, TENANTS) as service:
            workers = [
                Client(number, service.keys[TENANTS[number % len(TENANTS)]]) for number in range(clients)
            ]
            started = time.perf_counter()
            share = max(1, requests // clients)
            await asyncio.gather(
                *(worker.work(service.url, requests=share, until=started + seconds) for worker in workers)
            )
            took = time.perf_counter() - started
        losses = await count_losses(where.database, workers)
    deeds = [deed for worker in workers for deed in worker.deeds]
    return Run(backend, took, deeds, sum(worker.written for worker in workers), losses)


def table(runs: Sequence[Run]) -> list[str]:
    """The lines of the table: reads, writes and both, of each database."""
    rows: list[tuple[str, ...]] = [_HEAD]
    for result in runs:
        for name, deeds in (
            ("reads", [deed for deed in result.deeds if not deed.writes]),
            ("writes", [deed for deed in result.deeds if deed.writes]),
            ("all", result.deeds),
        ):
            times = sorted(deed.milliseconds for deed in deeds)
            rows.append(
                (
                    result.backend,
                    name,
                    f"{len(times):,}",
                    f"{len(times) / result.seconds:.0f}",
                    *(f"{percentile(times, share):.1f}" for share in (0.5, 0.95, 0.99, 1.0)),
                    str(sum(1 for deed in deeds if deed.error)),
                )
            )
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    return [
        "  ".join(
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest of the times that at least ``share`` of them do not exceed; NaN when there is none."""
    if not ordered:
        return math.nan
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _verdict(result: Run) -> str:
    errors = [deed.error for deed in result.deeds if deed.error]
    problems = result.losses + [f"error: {error}" for error in errors]
    if not problems:
        return "all are in the database, no event is missing"
    shown = "".join(f"\n            {problem}" for problem in problems[:10])
    return f"{len(problems)} problems{shown}"


if __name__ == "__main__":
    raise SystemExit(main())
