"""The tables a code base declares with SQLAlchemy: mapped classes of every style, and ``Table`` objects."""

from __future__ import annotations

from typing import Any

import msgspec

from archwright.facts import ir
from archwright.model import Location
from archwright.project.storage.classcolumns import ClassColumns
from archwright.project.storage.columntypes import ColumnTypes
from archwright.project.storage.constrainttexts import Rename, is_sqlalchemy, naming_convention
from archwright.project.storage.declarations import TableBuilder
from archwright.project.storage.evaluate import DEPTH
from archwright.project.storage.execute import Executor
from archwright.project.storage.literals import Class, Function, Made
from archwright.project.storage.mappedclasses import MappedClasses
from archwright.project.storage.schema import Schema, Table, resolve_references, table_key
from archwright.project.types.inference import Inference


class Model(msgspec.Struct, frozen=True):
    """One declared table."""

    table: Table
    cls: str
    """Qualified name of the class, or of the variable that holds a ``Table``."""
    attributes: dict[str, str]
    """Attribute: name of its column."""
    at: Location


class Models:
    """All declared tables on one dialect."""

    def __init__(self, inference: Inference, types: ColumnTypes, dialect: str) -> None:
        self._inference = inference
        self._types = types
        self._dialect = dialect
        self._runner: Executor[Schema] = Executor(inference, dialect, Schema())
        self._classes = MappedClasses(inference, self._runner)
        self._columns = ClassColumns(inference, self._runner, types, self._classes)
        self.declared: list[Model] = []
        """Every declaration, in order of place; a table declared twice is in it twice."""
        self.by_name: dict[str, Model] = {}
        """By the qualified name of a class or variable; a class without a table of its own has its parent's."""
        self._read()

    def of(self, name: str) -> Model | None:
        """The table of a class or variable; None when it has none."""
        return self.by_name.get(name)

    def is_base(self, qualified: str) -> bool:
        """Whether a class is declarative: a base of tables, or a table."""
        return self._classes.is_base(qualified)

    @property
    def backrefs(self) -> set[str]:
        """Attributes that relationships put on the class at their other end."""
        return self._columns.backrefs

    # --- finding ---

    def _read(self) -> None:
        classes = self._inference.classes
        project = self._inference.project
        inheriting: list[tuple[str, str]] = []
        project.reads.note("classes")
        project.reads.note("word", "Table")
        for module, summary in project.summaries():
            for definition in summary.definitions:
                if definition.kind != "class" or not (definition.bases or definition.decorators):
                    continue
                name = f"{module}.{definition.qualname}"
                if not self.is_base(name):
                    continue
                parent = next((b for b in classes.lineage(name)[1:] if self._classes.names_table(b)), None)
                if self._classes.names_table(name):
                    self._declare(name)
                elif parent is not None:
                    inheriting.append((name, parent))
            if summary.mentions("Table"):
                self._read_variables(module)
        for name, parent in inheriting:
            self._inherit(name, parent)
        tables = {m.table.name: m.table for m in self.declared}
        resolved = {name: resolve_references(t, tables) for name, t in tables.items()}
        self.declared = [
            msgspec.structs.replace(m, table=resolved[m.table.name])
            if m.table is tables[m.table.name]
            else msgspec.structs.replace(m, table=resolve_references(m.table, tables))
            for m in self.declared
        ]
        self.declared.sort(key=lambda m: m.at)
        own = {m.cls: m for m in self.declared}
        self.by_name = {name: own[m.cls] for name, m in self.by_name.items()}

    # --- reading ---

    def _declare(self, qualified: str) -> None:
        module, qualname = self._inference.classes.locate(qualified)
        scope = self._classes.scope(qualified)
        if scope is None or scope.node is None:
            return
        cls, at = Class(module, qualname), self._inference.project.at(module, scope.node.at)
        given = self._runner.class_attribute(cls, "__table__")
        if isinstance(given, Made) and is_sqlalchemy(given, "Table"):
            self._add(self._from_table(given, qualified, at))
            return
        name = self._table_name(cls)
        if name is None:
            return
        parts = [
            b
            for b in reversed(self._inference.classes.lineage(qualified))
            if b == qualified or not self._classes.names_table(b)
        ]
        self._add(self._from_class(qualified, name, parts, at))

    def _table_name(self, cls: Class) -> str | None:
        value = self._runner.class_attribute(cls, "__tablename__")
        if isinstance(value, Function):
            value = self._runner.call_function(value, Made("__tablename__", (cls,)), DEPTH)
        if isinstance(value, str):
            return value
        return cls.qualname.rpartition(".")[2].lower() if self._classes.is_sqlmodel(cls.qualified) else None

    def _from_class(self, qualified: str, name: str, parts: list[str], at: Location) -> Model:
        builder = TableBuilder(name, self._dialect, self._types.impl, at, self._renaming(qualified))
        attributes: dict[str, str] = {}
        for part in parts:
            scope = self._classes.scope(part)
            if scope is not None:
                self._columns.read_columns(scope, qualified, builder, attributes)
        for part in parts:
            scope = self._classes.scope(part)
            if scope is not None:
                self._columns.read_table_args(scope, qualified, builder, attributes)
        return Model(builder.build(), qualified, attributes, at)

    def _read_variables(self, module: str) -> None:
        root = self._inference.index(module).root
        for name, bindings in root.names.bound.items():
            if (
                len(bindings) != 1
                or bindings[0].kind != "assign"
                or not isinstance(bindings[0].value, ir.Call)
            ):
                continue
            func = ir.dotted(bindings[0].value.func)
            called = self._inference.project.names.resolve_in(module, func) if func else None
            if called is None or called.qualified.rpartition(".")[2] != "Table":
                continue
            value = self._runner.module_value(module, name)
            if isinstance(value, Made) and is_sqlalchemy(value, "Table"):
                at = self._inference.project.at(module, bindings[0].value.at)
                self._add(self._from_table(value, f"{module}.{name}", at))

    def _from_table(self, made: Made, name: str, at: Location) -> Model | None:
        table = made.argument(0, "name")
        if not isinstance(table, str):
            return None
        table = table_key(made.kwargs.get("schema"), table)
        builder = TableBuilder(table, self._dialect, self._types.impl, at, _metadata_naming(made.argument(1)))
        for item in made.args[2:]:
            builder.add(item)
        if not made.complete:
            builder.vague("it is declared with items that cannot be told")
        built = builder.build()
        return Model(built, name, {c: c for c in built.columns}, at)

    def _inherit(self, name: str, parent: str) -> None:
        """A class without a table of its own: its columns belong to the parent's table."""
        model = self.by_name.get(parent)
        scope = self._classes.scope(name)
        if model is None or scope is None:
            return
        builder = TableBuilder(model.table.name, self._dialect, self._types.impl, model.at)
        attributes: dict[str, str] = {}
        self._columns.read_columns(scope, name, builder, attributes)
        part = builder.build()
        if part.columns:
            table = msgspec.structs.replace(
                model.table,
                columns={**model.table.columns, **part.columns},
                foreign_keys={**model.table.foreign_keys, **part.foreign_keys},
            )
            wider = msgspec.structs.replace(model, table=table, attributes={**model.attributes, **attributes})
            self.declared[self.declared.index(model)] = wider
            self.by_name = {n: wider if m is model else m for n, m in self.by_name.items()}
            model = wider
        self.by_name[name] = model

    def _add(self, model: Model | None) -> None:
        if model is not None:
            self.declared.append(model)
            self.by_name[model.cls] = model

    def _renaming(self, qualified: str) -> Rename | None:
        for base in self._inference.classes.lineage(qualified):
            if self._inference.classes.known(base):
                module, qualname = self._inference.classes.locate(base)
                found = _metadata_naming(self._runner.class_attribute(Class(module, qualname), "metadata"))
                if found is not None:
                    return found
            else:
                resolved = self._inference.project.names.resolve(base)
                if resolved.kind == "symbol" and self._inference.project.has(resolved.module):
                    value = self._runner.module_value(resolved.module, resolved.symbol)
                    if isinstance(value, Made):
                        return _metadata_naming(value.kwargs.get("metadata"))
        return None


def _metadata_naming(value: Any) -> Rename | None:
    if isinstance(value, Made) and isinstance(value.kwargs.get("naming_convention"), dict):
        return naming_convention(value.kwargs["naming_convention"])
    return None
