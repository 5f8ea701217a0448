"""What a project stores, in one place: histories of migrations by dialect, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from archwright.project.inference import Inference
from archwright.project.storage.columntypes import ColumnTypes
from archwright.project.storage.migrations import History, Revision, find_revisions


class Storage:
    """Derived facts about tables; one per run."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._revisions: dict[tuple[str, ...], tuple[Revision, ...]] = {}
        self._histories: dict[tuple[tuple[str, ...], str], History] = {}
        self._types: dict[str, ColumnTypes] = {}

    def revisions(self, modules: Iterable[str]) -> tuple[Revision, ...]:
        """The migrations among *modules*."""
        key = tuple(sorted(modules))
        found = self._revisions.get(key)
        if found is None:
            found = self._revisions[key] = tuple(find_revisions(key, self._inference))
        return found

    def history(self, modules: Iterable[str], dialect: str) -> History:
        """The migrations among *modules*, replayed on *dialect*."""
        names = tuple(sorted(modules))
        found = self._histories.get((names, dialect))
        if found is None:
            impl: Any = self.types(dialect).impl
            found = History(self.revisions(names), self._inference, dialect, impl)
            self._histories[names, dialect] = found
        return found

    def types(self, dialect: str) -> ColumnTypes:
        """Column types of the code base's own on *dialect*."""
        found = self._types.get(dialect)
        if found is None:
            found = self._types[dialect] = ColumnTypes(self._inference, dialect)
        return found
