"""What happens to the indexes, constraints and triggers of a schema."""

from __future__ import annotations

from archwright.model import Location
from archwright.project.storage.schema import Index, Table, Trigger, anonymous
from archwright.project.storage.tablechanges import TableChanges

_CONSTRAINT_KINDS = ("uniques", "checks", "foreign_keys")


class PartChanges(TableChanges):
    """Changes what is over the columns of tables, too."""

    def add_index(
        self, table: Table, name: str | None, index: Index, at: Location, if_absent: bool = False
    ) -> None:
        """A new index."""
        key = name or anonymous("ix", index.columns)
        owner = self._index_owner(key)
        if owner is not None:
            if not if_absent:
                unsure = self.schema.doubt_about(owner.name) is not None
                self.schema.refuse(f"index `{key}` exists already", owner.name if unsure else table.name, at)
            return
        self._require(table, index.columns, at)
        self._put(table, indexes={**table.indexes, key: index})

    def remove_index(
        self, name: str, at: Location, table: str | None = None, *, if_present: bool = False
    ) -> None:
        """An index goes; *table*: where it is said to be."""
        owner = self._index_owner(name)
        if owner is None:
            if not if_present:
                self.schema.refuse_missing(f"there is no index `{name}` to drop", name, table, at)
            return
        self._put(owner, indexes={k: v for k, v in owner.indexes.items() if k != name})

    def rename_index(self, old: str, new: str, at: Location) -> None:
        """An index gets another name, and with it the constraint that is kept by it."""
        owner = self._index_owner(old)
        if owner is not None:
            self._put(owner, indexes={new if k == old else k: v for k, v in owner.indexes.items()})
            return
        constrained = next((t for t in self.schema.tables.values() if old in t.uniques), None)
        if constrained is not None:
            uniques = {new if k == old else k: v for k, v in constrained.uniques.items()}
            self._put(constrained, uniques=uniques)
        elif not _names_primary_key(old):
            self.schema.refuse_missing(f"there is no index `{old}` to rename", old, None, at)

    def remove_constraint(
        self, table: Table, name: str, at: Location, primary: bool = False, if_present: bool = False
    ) -> None:
        """A constraint goes."""
        for kind in _CONSTRAINT_KINDS:
            found = getattr(table, kind)
            if name in found:
                self._put(table, **{kind: {k: v for k, v in found.items() if k != name}})
                return
        if primary or _names_primary_key(name):
            self._put(table, primary_key=())
        elif any(k.startswith("?") for kind in _CONSTRAINT_KINDS for k in getattr(table, kind)):
            self.schema.doubt(f"constraint `{name}` may be one that was made without a name", at, table.name)
        elif not if_present:
            self.schema.refuse(f"`{table.name}` has no constraint `{name}` to drop", table.name, at)

    def add_trigger(self, table_name: str, name: str, trigger: Trigger, at: Location) -> None:
        """A trigger on a table."""
        table = self.existing(table_name, at)
        if table is not None:
            if name in table.triggers:
                self.schema.refuse(f"`{table_name}` has a trigger `{name}` already", table_name, at)
            self._put(table, triggers={**table.triggers, name: trigger})

    def remove_trigger(
        self, trigger: str, table_name: str | None, at: Location, *, if_present: bool = False
    ) -> None:
        """A trigger goes; SQLite does not name its table."""
        for table in list(self.schema.tables.values()):
            if trigger in table.triggers and table_name in (None, table.name):
                self._put(table, triggers={k: v for k, v in table.triggers.items() if k != trigger})
                return
        if not if_present:
            self.schema.refuse_missing(f"there is no trigger `{trigger}` to drop", trigger, table_name, at)

    def _index_owner(self, name: str) -> Table | None:
        return next((t for t in self.schema.tables.values() if name in t.indexes), None)


def _names_primary_key(name: str) -> bool:
    """Whether a constraint is a primary key by its name: names of primary keys are not kept."""
    return name.startswith("pk_") or name.endswith("_pkey")
