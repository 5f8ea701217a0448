"""The machine and the software a benchmark was run with, as the lines above its table."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path


def conditions(*packages: str) -> Iterator[str]:
    """The lines; the second names the versions of *packages*."""
    cores = usable_cores()
    load = f", load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    machine = f"{processor()}, {cores} core{'s' * (cores > 1)}"
    yield f"machine   {machine}, {platform.system()} {platform.release()}{load}"
    yield f"software  Python {platform.python_version()}, {', '.join(f'{n} {version(n)}' for n in packages)}"


def is_busy() -> bool:
    """Whether other work keeps more than a quarter of the cores."""
    return hasattr(os, "getloadavg") and os.getloadavg()[0] > usable_cores() / 4


def processor() -> str:
    """The name of the processor."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()


def usable_cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
