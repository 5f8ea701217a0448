"""``STORAGE_CATALOGUE.md``: every table as the migrations leave it, and the functions that read and write it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from archwright.docs.page import Page
from archwright.docs.sources import Sources
from archwright.docs.templates import Templates
from archwright.project.storage.access import Access
from archwright.project.storage.schema import Schema, Table
from archwright.project.storage.storage import DIALECTS

PAGE = "STORAGE_CATALOGUE.md"


class User(msgspec.Struct, frozen=True, order=True):
    """A function that does something with a table."""

    function: str
    verbs: tuple[str, ...]
    columns: tuple[str, ...]
    """Empty for all of them."""


class TableDoc(msgspec.Struct, frozen=True):
    """One table and its users."""

    table: Table
    model: str
    """The class that declares it; empty where none does."""
    readers: tuple[User, ...]
    writers: tuple[User, ...]

    @property
    def constraints(self) -> tuple[str, ...]:
        """Keys, checks and indexes in words, by kind and name."""
        return tuple(_constraints(self.table))


def storage_pages(sources: Sources, templates: Templates) -> Iterator[Page]:
    """The catalogue; none where the code declares and migrates no table."""
    storage = sources.analysis.storage
    dialect = DIALECTS[0]
    project = sources.analysis.project
    history = storage.history([m for m in project.modules if not project.summary(m).error], dialect)
    models = storage.models(dialect)
    schema = history.schema if history.replays else _declared(sources, dialect)
    if not schema.tables:
        return
    classes = {model.table.name: model.cls for model in models.declared}
    # What migrations do to rows on the way is history, not use.
    migrations = {replay.revision.module for replay in history.replays}
    uses: dict[str, list[Access]] = {}
    for module in storage.touching:
        if module not in migrations:
            for access in storage.accesses(module):
                if access.table is not None:
                    uses.setdefault(access.table, []).append(access)
    tables = [
        TableDoc(
            table,
            classes.get(name, ""),
            _users(access for access in uses.get(name, ()) if not access.writes),
            _users(access for access in uses.get(name, ()) if access.writes),
        )
        for name, table in sorted(schema.tables.items())
    ]
    text = templates.render(
        "storage.md.j2",
        tables=tables,
        revisions=[replay.revision for replay in history.replays],
        dialect=dialect,
        doubts=sorted(schema.doubts.items()),
    )
    yield Page(PAGE, text)


def _declared(sources: Sources, dialect: str) -> Schema:
    """The tables of the models, for code without migrations."""
    schema = Schema()
    for model in sources.analysis.storage.models(dialect).declared:
        schema.tables[model.table.name] = model.table
    return schema


def _users(accesses: Iterable[Access]) -> tuple[User, ...]:
    verbs: dict[str, set[str]] = {}
    columns: dict[str, set[str]] = {}
    whole: set[str] = set()
    for access in accesses:
        if access.verb == "define":
            continue
        verbs.setdefault(access.owner, set()).add(access.verb)
        columns.setdefault(access.owner, set()).update(access.columns)
        if access.whole:
            whole.add(access.owner)
    return tuple(
        User(owner, tuple(sorted(verbs[owner])), () if owner in whole else tuple(sorted(columns[owner])))
        for owner in sorted(verbs)
    )


def _constraints(table: Table) -> Iterator[str]:
    if table.primary_key:
        yield f"primary key ({', '.join(table.primary_key)})"
    for name, unique in sorted(table.uniques.items()):
        yield f"unique ({', '.join(unique.columns)}){_named(name)}"
    for name, key in sorted(table.foreign_keys.items()):
        there = f" ({', '.join(key.targets)})" if key.targets else ""
        yield f"({', '.join(key.columns)}) refers to {key.table}{there}{_named(name)}"
    for name, check in sorted(table.checks.items()):
        yield f"check {check}{_named(name)}"
    for name, index in sorted(table.indexes.items()):
        where = f" where {index.where}" if index.where else ""
        yield f"{'unique ' if index.unique else ''}index on ({', '.join(index.columns)}){where}{_named(name)}"
    for name, trigger in sorted(table.triggers.items()):
        what = "refuses" if trigger.refuses else "runs on"
        yield f"trigger {name} {what} {', '.join(sorted(trigger.events))}"


def _named(name: str) -> str:
    return "" if name.startswith("?") else f": {name}"
