"""The time service: the only place that reads a clock."""

import time
from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the present moment as an aware datetime in UTC."""
    return datetime.now(UTC)


def monotonic_ms() -> float:
    """Return a monotonic reading in milliseconds; only differences mean anything."""
    return time.perf_counter() * 1000.0
