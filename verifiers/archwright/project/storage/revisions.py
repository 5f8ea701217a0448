"""Migration files and the order they run in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from archwright.model import Location
from archwright.project.storage.evaluate import Evaluator
from archwright.project.types.inference import Inference


class Revision(msgspec.Struct, frozen=True):
    """One migration file."""

    module: str
    id: str | None
    """None where it is not a constant."""
    parents: tuple[str, ...] | None
    """Ids of the revisions it follows; None where they are not constant."""
    at: Location
    """Where the revision is named."""
    parents_at: Location


def find_revisions(modules: Iterable[str], inference: Inference) -> list[Revision]:
    """The migrations among *modules*: those that name a revision at top level, annotated or not."""
    found: list[Revision] = []
    for module in modules:
        bindings = {b.name: b.line for b in inference.project.summary(module).bindings}
        if "revision" not in bindings or "down_revision" not in bindings:
            continue
        evaluator = Evaluator(inference, "postgresql")
        own, before = (
            evaluator.module_value(module, "revision"),
            evaluator.module_value(module, "down_revision"),
        )
        path = inference.project.file(module).path
        found.append(
            Revision(
                module,
                own if isinstance(own, str) else None,
                _parents(before),
                Location(path, bindings["revision"]),
                Location(path, bindings["down_revision"]),
            )
        )
    return found


def ordered(revisions: Sequence[Revision]) -> list[Revision]:
    """Parents before children, otherwise by id; what hangs on nothing known comes last, in the same way."""
    pending = sorted((r for r in revisions if r.id is not None), key=lambda r: r.id or "")
    known = {r.id for r in pending}
    placed: list[Revision] = []
    seen: set[str | None] = set()
    while pending:
        ready = [r for r in pending if all(p in seen or p not in known for p in r.parents or ())]
        if not ready:
            break  # a cycle: reported by the graph, not replayed
        placed += ready
        seen.update(r.id for r in ready)
        pending = [r for r in pending if r not in ready]
    return placed


def _parents(value: Any) -> tuple[str, ...] | None:
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list | tuple) and all(isinstance(v, str) for v in value):
        return tuple(value)
    return None
