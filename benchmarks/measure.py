"""Runs a command as users run it: a process of its own, timed by the wall clock, its tree of processes weighed."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
import psutil

SAMPLE_SECONDS = 0.005


class Scenario(msgspec.Struct, frozen=True):
    """One line of the table."""

    tool: str
    state: str
    """*cold*, *warm*, *one edit*; empty where that makes no difference."""
    command: Sequence[str]
    directory: Path
    """Where it is run."""
    prepare: Callable[[], None]
    """Brings the tree and the caches into the state; not timed."""


class Measurement(msgspec.Struct):
    """What one scenario came to."""

    scenario: Scenario
    seconds: list[float]
    """Wall time of each run."""
    cpu_seconds: list[float]
    """Processor time of each run, over all processes: what a busy machine does not change."""
    peak_bytes: int = 0
    output: str = ""
    exit_code: int = 0

    @property
    def median(self) -> float:
        return median(self.seconds)

    @property
    def cpu(self) -> float:
        """Median of the processor time."""
        return median(self.cpu_seconds)

    @property
    def fastest(self) -> float:
        return min(self.seconds)


def measure(scenarios: Sequence[Scenario], runs: int) -> list[Measurement]:
    """Measures all *scenarios* in turn, *runs* times over, so that a disturbance of the machine hits all of them.

    Memory is sampled in one more run of each that is not timed. Raises RuntimeError when a command fails otherwise
    than by findings (exit code 1), or answers differently from one run to the next.
    """
    results = [Measurement(scenario, [], []) for scenario in scenarios]
    for _ in range(runs):
        for result in results:
            result.scenario.prepare()
            used, started = _children_cpu(), time.perf_counter()
            done = _start(result.scenario, subprocess.PIPE)
            output, _ = done.communicate()
            result.seconds.append(time.perf_counter() - started)
            result.cpu_seconds.append(_children_cpu() - used)
            _check(result, done.returncode, output)
    for result in results:
        result.scenario.prepare()
        result.peak_bytes = peak_bytes(_start(result.scenario, subprocess.DEVNULL))
    return results


def _start(scenario: Scenario, output: int) -> subprocess.Popen[str]:
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "120"}
    return subprocess.Popen(
        scenario.command,
        cwd=scenario.directory,
        env=environment,
        stdout=output,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _children_cpu() -> float:
    """Processor time of all children that have ended, and of theirs."""
    times = os.times()
    return times.children_user + times.children_system


def _check(result: Measurement, exit_code: int, output: str) -> None:
    name = f"{result.scenario.tool} {result.scenario.state}".strip()
    if exit_code not in (0, 1):
        raise RuntimeError(f"{name}: exit code {exit_code}\n{output}")
    if len(result.seconds) > 1 and exit_code != result.exit_code:
        raise RuntimeError(f"{name}: exit code {exit_code}, and {result.exit_code} the time before\n{output}")
    result.exit_code, result.output = exit_code, output


def peak_bytes(process: subprocess.Popen[Any]) -> int:
    """The highest sum of resident sizes over the process and its descendants; shared pages count in each of them."""
    root = psutil.Process(process.pid)
    peak = 0
    while process.poll() is None:
        total = 0
        try:
            for part in (root, *root.children(recursive=True)):
                total += part.memory_info().rss
        except psutil.NoSuchProcess:
            continue
        peak = max(peak, total)
        time.sleep(SAMPLE_SECONDS)
    return peak
