"""Real code to try things on: files of the standard library, chosen the same way on every run."""

from __future__ import annotations

import sysconfig
from functools import cache
from pathlib import Path


@cache
def stdlib_files(count: int, most_bytes: int = 16_000) -> tuple[Path, ...]:
    """*count* files that are not larger than *most_bytes*, spread over the whole library, generated tests left out."""
    root = Path(sysconfig.get_paths()["stdlib"])
    skipped = {"site-packages", "lib2to3", "idlelib", "__pycache__", "turtledemo"}
    found = [
        path
        for path in sorted(root.rglob("*.py"))
        if skipped.isdisjoint(path.relative_to(root).parts)
        and "bad" not in path.name
        and "data" not in path.parent.name
        and 200 < path.stat().st_size <= most_bytes
    ]
    step = max(1, len(found) // count)
    return tuple(found[::step][:count])
