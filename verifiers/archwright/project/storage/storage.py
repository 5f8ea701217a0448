"""What a project stores, in one place: histories of migrations by dialect, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from archwright.project.storage.access import Access
from archwright.project.storage.accesses import AccessReader
from archwright.project.storage.columntypes import ColumnTypes
from archwright.project.storage.evaluate import Evaluator
from archwright.project.storage.migrations import History
from archwright.project.storage.models import Models
from archwright.project.storage.revisions import Revision, find_revisions
from archwright.project.storage.wiring import Wiring
from archwright.project.types.inference import Inference

DIALECTS = ("postgresql", "sqlite")
_LIBRARIES = frozenset(
    {"aiosqlite", "asyncpg", "databases", "psycopg", "psycopg2", "sqlalchemy", "sqlite3", "sqlmodel"}
)


class Storage:
    """Derived facts about tables; one per run."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._revisions: dict[tuple[str, ...], tuple[Revision, ...]] = {}
        self._histories: dict[tuple[tuple[str, ...], str], History] = {}
        self._types: dict[str, ColumnTypes] = {}
        self._reads = inference.project.reads
        self._models: dict[str, Models] = self._reads.table(None)
        self._reader: AccessReader | None = None
        self._accesses: dict[str, tuple[Access, ...]] = {}

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

    def models(self, dialect: str) -> Models:
        """The tables the code base declares, as they are on *dialect*."""
        found = self._models.get(dialect)
        if found is None:
            found = self._reads.made(
                self._models, dialect, lambda: Models(self._inference, self.types(dialect), dialect)
            )
        return found

    def accesses(self, module: str) -> tuple[Access, ...]:
        """What *module* does with tables."""
        found = self._accesses.get(module)
        if found is None:
            if self._reader is None:
                evaluator = Evaluator(self._inference, "postgresql")
                self._reader = AccessReader(self._inference, self.models("postgresql"), evaluator, DIALECTS)
            found = self._accesses[module] = self._reader.read(module)
        return found

    @cached_property
    def wiring(self) -> Wiring:
        """What functions do with tables, helpers included."""
        return Wiring(self._inference, self)

    @cached_property
    def touching(self) -> tuple[str, ...]:
        """The modules that may do something with a table: they name SQLAlchemy, a database driver or a model."""
        project = self._inference.project
        words = {m.rpartition(".")[2] for m in self.models("postgresql").by_name} | _LIBRARIES
        return tuple(sorted({m for word in sorted(words) for m in project.mentioning([word])}))

    def types(self, dialect: str) -> ColumnTypes:
        """Column types of the code base's own on *dialect*."""
        found = self._types.get(dialect)
        if found is None:
            found = self._types[dialect] = ColumnTypes(self._inference, dialect)
        return found
