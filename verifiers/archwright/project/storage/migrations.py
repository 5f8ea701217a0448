"""What migrations leave behind, one after the other, and whether each is undone by its downgrade."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from archwright.model import Location
from archwright.project.storage.replayer import Replayer
from archwright.project.storage.revisions import Revision, ordered
from archwright.project.storage.schema import Column, Schema
from archwright.project.types.inference import Inference

_PARTS = {
    "columns": "column",
    "checks": "check",
    "uniques": "unique constraint",
    "indexes": "index",
    "foreign_keys": "foreign key",
    "triggers": "trigger",
}


class Replay(msgspec.Struct, frozen=True):
    """What became of one revision on one dialect."""

    revision: Revision
    conflicts: tuple[Any, ...] = ()
    """Operations of its upgrade that the database would refuse."""
    doubt: Any = None
    """The first thing in its upgrade that could not be followed."""
    back: str = "inverse"
    """What its downgrade does: ``inverse``, ``differs``, ``refuses``, ``fails`` (by mistake), ``raises`` (on purpose),
    ``missing``, ``empty`` or ``undecided``."""
    detail: str = ""
    back_at: Location | None = None


class History:
    """All migrations of a project, in order, with the schema they leave behind on one dialect."""

    def __init__(self, revisions: Sequence[Revision], inference: Inference, dialect: str, impl: Any) -> None:
        self.dialect = dialect
        self.schema = Schema()
        self.replays: list[Replay] = []
        for revision in ordered(revisions):
            self.replays.append(self._replay(revision, inference, impl))

    def _replay(self, revision: Revision, inference: Inference, impl: Any) -> Replay:
        before, conflicts = self.schema.copy(), len(self.schema.conflicts)
        doubts = dict(before.doubts)
        runner = Replayer(inference, self.dialect, self.schema, impl)
        outcome = runner.run(revision.module, "upgrade")
        self.schema = runner.state
        if outcome == "missing":
            self.schema.doubt("it has no upgrade()", revision.at)
        elif outcome == "raises" and runner.failure:
            self.schema.refuse(runner.failure, revision.id or revision.module, revision.at)
        refused = tuple(self.schema.conflicts[conflicts:])
        fresh = [d for name, d in self.schema.doubts.items() if doubts.get(name) != d]
        back, detail, place = self._back(revision, inference, impl, before)
        for conflict in refused:
            if conflict.absent:
                # Something else makes it, or nothing does: that is said once, where a migration first needs it.
                self.schema.doubt("a migration needs it that none has made", conflict.at, conflict.subject)
        return Replay(revision, refused, fresh[0] if fresh else None, back, detail, place)

    def _back(
        self, revision: Revision, inference: Inference, impl: Any, before: Schema
    ) -> tuple[str, str, Location | None]:
        state = self.schema.copy()
        state.conflicts = []
        if state.doubts:
            # A table made in doubt may be taken back surely, but what the doubt hides cannot be compared.
            known = state.doubts
            fresh = {n for n in known if before.doubts.get(n) != known[n]}
        else:
            fresh = set()
        unchanged = self.schema.same(before)
        runner = Replayer(inference, self.dialect, state, impl)
        outcome = runner.run(revision.module, "downgrade")
        after = runner.state
        place = _function_at(inference, revision, "downgrade") or revision.at
        if outcome == "missing":
            return "missing", "", place
        if outcome == "raises":
            return ("fails", runner.failure, place) if runner.failure else ("raises", "", place)
        if after.conflicts:
            return "refuses", after.conflicts[0].message, after.conflicts[0].at
        lingering = {n: d for n, d in after.doubts.items() if before.doubts.get(n) != d}
        if fresh or lingering:
            doubt = next(iter(lingering.values()), None) or self.schema.doubts[sorted(fresh)[0]]
            return "undecided", doubt.reason, doubt.at
        differing = after.differing(before)
        gone = set(before.functions) - set(after.functions)
        left = set(after.functions) - set(before.functions)
        if not differing and not gone and not left:
            return "inverse", "", place
        if unchanged:
            return "differs", "its upgrade changes nothing, its downgrade does", place
        if differing:
            return "differs", _difference(after, before, differing[0]), place
        names = ", ".join(f"`{n}`" for n in sorted(left or gone))
        return "differs", f"function {names} {'stays behind' if left else 'is lost'}", place


def _function_at(inference: Inference, revision: Revision, name: str) -> Location | None:
    scope = inference.index(revision.module).scopes.get(name)
    return inference.project.at(revision.module, scope.node.at) if scope is not None and scope.node else None


def _difference(after: Schema, before: Schema, name: str) -> str:
    left, right = after.tables.get(name), before.tables.get(name)
    if right is None:
        return f"table `{name}` stays behind"
    if left is None:
        return f"table `{name}` is lost"
    for kind, noun in _PARTS.items():
        now, then = getattr(left, kind), getattr(right, kind)
        extra, missing = sorted(set(now) - set(then)), sorted(set(then) - set(now))
        if extra:
            return f"{noun} `{name}.{extra[0]}` stays behind"
        if missing:
            return f"{noun} `{name}.{missing[0]}` is lost"
        changed = [part for part in now if _plain(now[part]) != _plain(then[part])]
        if changed:
            return f"{noun} `{name}.{changed[0]}` is not what it was"
    return f"the primary key of `{name}` is not what it was"


def _plain(part: Any) -> object:
    """A part of a table without the place it was written at."""
    return (part.type, part.nullable, part.default) if isinstance(part, Column) else part
