"""Real code to extract: files of the standard library, chosen the same way on every run."""

from __future__ import annotations

import ast
import sysconfig
import warnings
from functools import cache
from pathlib import Path

from archwright.facts import ir
from archwright.facts.store import FactStore, content_key
from archwright.facts.summary import Summary


@cache
def stdlib_sources(count: int, most_bytes: int = 12_000) -> tuple[tuple[str, bytes], ...]:
    """Name and content of *count* files that this interpreter can parse, spread over the whole library."""
    root = Path(sysconfig.get_paths()["stdlib"])
    skipped = {"site-packages", "lib2to3", "__pycache__"}
    paths = [
        path
        for path in sorted(root.rglob("*.py"))
        if skipped.isdisjoint(path.relative_to(root).parts) and 100 < path.stat().st_size <= most_bytes
    ]
    found = []
    for path in paths[:: max(1, len(paths) // (count + 20))]:
        data = path.read_bytes()
        try:
            parse(data)
        except (SyntaxError, ValueError):
            continue
        found.append((path.relative_to(root).as_posix(), data))
    return tuple(found[:count])


def parse(data: bytes) -> ast.Module:
    """Python's own tree, without its remarks on odd escapes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(data)


def facts(text: str | bytes) -> tuple[Summary, ir.Module]:
    """What is known of one file."""
    data = text.encode() if isinstance(text, str) else text
    store = FactStore(None, jobs=1)
    key = content_key(data)
    store.load({key: data})
    return store.summary(key), store.module(key)
