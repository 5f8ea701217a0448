"""The tables a code base declares with SQLAlchemy: mapped classes of every style, and ``Table`` objects."""

from __future__ import annotations

from typing import Any

import msgspec

from archwright.facts import ir
from archwright.model import Location
from archwright.project.code import Scope
from archwright.project.inference import Inference
from archwright.project.storage.columntypes import ColumnTypes
from archwright.project.storage.declarations import Rename, TableBuilder, is_sqlalchemy, naming_convention
from archwright.project.storage.evaluate import DEPTH
from archwright.project.storage.execute import Executor
from archwright.project.storage.frames import Frame
from archwright.project.storage.literals import Class, Function, Made, Mapped
from archwright.project.storage.mapped import Annotations
from archwright.project.storage.schema import Schema, Table, resolve_references, table_key

_DECLARATIVE = frozenset({"sqlalchemy.orm.DeclarativeBase", "sqlalchemy.orm.DeclarativeBaseNoMeta"})
_BASES = _DECLARATIVE | {"sqlmodel.SQLModel", "sqlmodel.main.SQLModel"}
_FACTORIES = frozenset({"automap_base", "declarative_base", "generate_base"})
_COLUMNS = frozenset({"Column", "Field", "deferred", "mapped_column"})


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
        self._annotations = Annotations(inference, self._runner, types)
        self._mapped_bases: dict[str, bool] = inference.project.reads.table(None)
        self.declared: list[Model] = []
        """Every declaration, in order of place; a table declared twice is in it twice."""
        self.backrefs: set[str] = set()
        """Attributes that relationships put on the class at their other end."""
        self.by_name: dict[str, Model] = {}
        """By the qualified name of a class or variable; a class without a table of its own has its parent's."""
        self._read()

    def of(self, name: str) -> Model | None:
        """The table of a class or variable; None when it has none."""
        return self.by_name.get(name)

    def is_base(self, qualified: str) -> bool:
        """Whether a class is declarative: a base of tables, or a table."""
        known = self._mapped_bases.get(qualified)
        if known is None:
            reads = self._inference.project.reads
            known = reads.made(self._mapped_bases, qualified, lambda: self._is_mapped(qualified))
        return known

    def _is_mapped(self, qualified: str) -> bool:
        lineage = self._inference.classes.lineage(qualified)
        return any(b in _BASES or self._made_base(b) for b in lineage) or self._registered(qualified)

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
                parent = next((b for b in classes.lineage(name)[1:] if self._names_table(b)), None)
                if self._names_table(name):
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

    def _made_base(self, name: str) -> bool:
        """``Base = declarative_base()``."""
        if self._inference.classes.known(name) or "." not in name:
            return False
        found = self._inference.project.names.resolve(name)
        if found.kind != "symbol" or not self._inference.project.has(found.module):
            return False
        value = self._runner.module_value(found.module, found.symbol)
        return isinstance(value, Made) and value.last in _FACTORIES

    def _registered(self, qualified: str) -> bool:
        """``@registry.mapped``, ``@as_declarative()``."""
        if not self._inference.classes.known(qualified):
            return False
        module, qualname = self._inference.classes.locate(qualified)
        definition = next(
            (d for d in self._inference.project.summary(module).definitions if d.qualname == qualname), None
        )
        return definition is not None and any(
            d.rpartition(".")[2] in ("as_declarative", "mapped", "mapped_as_dataclass")
            for d in definition.decorators
        )

    def _names_table(self, qualified: str) -> bool:
        """Whether the class has a table of its own."""
        scope = self._scope(qualified)
        if scope is None or not isinstance(scope.node, ir.ClassDef) or not self.is_base(qualified):
            return False
        own = scope.names.bound
        if "__abstract__" in own:
            return False
        if _DECLARATIVE & set(self._inference.classes.bases(qualified)):
            return False  # a base of tables, even where it says how they are called
        if self._is_sqlmodel(qualified):
            return any(a.keyword == "table" and a.value == ir.Const("True") for a in scope.node.bases)
        if "__tablename__" in own or "__table__" in own:
            return True
        for base in self._inference.classes.lineage(qualified)[1:]:
            inner = self._scope(base)
            if inner is None:
                continue
            for name in ("__tablename__", "__table__"):
                for how in inner.names.bound.get(name, ()):
                    # A mixin computes the name for each class; a constant belongs to the table that says it.
                    return how.kind == "function" or not self.is_base(base)
        return False

    def _is_sqlmodel(self, qualified: str) -> bool:
        return any(
            b in ("sqlmodel.SQLModel", "sqlmodel.main.SQLModel")
            for b in self._inference.classes.lineage(qualified)
        )

    # --- reading ---

    def _declare(self, qualified: str) -> None:
        module, qualname = self._inference.classes.locate(qualified)
        scope = self._scope(qualified)
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
            if b == qualified or not self._names_table(b)
        ]
        self._add(self._from_class(qualified, name, parts, at))

    def _table_name(self, cls: Class) -> str | None:
        value = self._runner.class_attribute(cls, "__tablename__")
        if isinstance(value, Function):
            value = self._runner.call_function(value, Made("__tablename__", (cls,)), DEPTH)
        if isinstance(value, str):
            return value
        return cls.qualname.rpartition(".")[2].lower() if self._is_sqlmodel(cls.qualified) else None

    def _from_class(self, qualified: str, name: str, parts: list[str], at: Location) -> Model:
        builder = TableBuilder(name, self._dialect, self._types.impl, at, self._renaming(qualified))
        attributes: dict[str, str] = {}
        for part in parts:
            scope = self._scope(part)
            if scope is not None:
                self._read_columns(scope, qualified, builder, attributes)
        for part in parts:
            scope = self._scope(part)
            if scope is not None:
                self._read_table_args(scope, qualified, builder, attributes)
        return Model(builder.build(), qualified, attributes, at)

    def _read_columns(
        self, scope: Scope, qualified: str, builder: TableBuilder, attributes: dict[str, str]
    ) -> None:
        frame = Frame(scope, since=scope.node.at[:2] if scope.node is not None else None)
        for statement in scope.body:
            if isinstance(statement, ir.AnnAssign) and isinstance(statement.target, ir.Name):
                annotation, value = statement.annotation, statement.value
                name, span = statement.target.id, statement.at
            elif isinstance(statement, ir.Assign) and isinstance(statement.targets[0], ir.Name):
                annotation, value = None, statement.value
                name, span = statement.targets[0].id, statement.at
            elif isinstance(statement, ir.FunctionDef) and _declares(statement):
                annotation, span, name = statement.returns, statement.at, statement.name
                value = next((s.value for s in statement.body if isinstance(s, ir.Return)), None)
            else:
                continue
            if name.startswith("__"):
                continue
            made = self._runner.evaluate(value, frame) if value is not None else None
            column = self._column(name, annotation, made, scope, qualified, builder, span)
            if column is not None:
                attributes[name] = column

    def _column(
        self,
        name: str,
        annotation: ir.Expr | None,
        made: Any,
        scope: Scope,
        qualified: str,
        builder: TableBuilder,
        span: ir.Span,
    ) -> str | None:
        said = isinstance(made, Made) and made.name.partition(".")[0] in ("sqlalchemy", "sqlmodel")
        if isinstance(made, Made) and said and made.last not in _COLUMNS:
            self._note_backref(made.kwargs.get("backref"))
            return None  # a relationship, a synonym, a proxy
        at = self._inference.project.at(scope.module, span)
        is_model = self._is_sqlmodel(qualified)
        mapped = self._annotations.read(annotation, scope, qualified, bare=is_model)
        if not said and (mapped is None or (made is not None and not is_model)):
            return None
        call = made if isinstance(made, Made) and said else Made("sqlalchemy.orm.mapped_column")
        if call.last == "deferred" and call.args and isinstance(call.args[0], Made):
            call = call.args[0]
        if call.last == "Field":
            call = _from_field(call)
        if mapped is not None and mapped.defaults is not None:
            call = Made(
                call.name, (*call.args, *mapped.defaults.args), {**mapped.defaults.kwargs, **call.kwargs}
            )
        if mapped is not None and mapped.related and not said:
            return None
        call = _placed(call, at)
        if mapped is None:
            return builder.column(call, name)
        return builder.column(call, name, mapped.type, mapped.optional)

    def _note_backref(self, value: Any) -> None:
        name = value.argument(0, "name") if isinstance(value, Made) and value.last == "backref" else value
        if isinstance(name, str):
            self.backrefs.add(name)

    def _read_table_args(
        self, scope: Scope, qualified: str, builder: TableBuilder, attributes: dict[str, str]
    ) -> None:
        bindings = scope.names.bound.get("__table_args__", [])
        if not bindings:
            return
        how = bindings[-1]
        if how.kind == "assign" and how.value is not None:
            since = scope.node.at[:2] if scope.node is not None else None
            value = self._runner.evaluate(how.value, Frame(scope, dict(attributes), since=since))
        else:
            module, qualname = self._inference.classes.locate(qualified)
            function = self._runner.class_attribute(Class(module, qualname), "__table_args__")
            if not isinstance(function, Function):
                return
            itself = Mapped(Class(module, qualname), attributes)
            value = self._runner.call_function(function, Made("__table_args__", (itself,)), DEPTH)
        if not isinstance(value, dict | list | tuple):
            builder.vague("`__table_args__` cannot be told")
            return
        for item in value if isinstance(value, list | tuple) else (value,):
            if isinstance(item, dict):
                builder.name = table_key(item.get("schema"), builder.name)
            else:
                builder.add(item)

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
        scope = self._scope(name)
        if model is None or scope is None:
            return
        builder = TableBuilder(model.table.name, self._dialect, self._types.impl, model.at)
        attributes: dict[str, str] = {}
        self._read_columns(scope, name, builder, attributes)
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

    def _scope(self, qualified: str) -> Scope | None:
        if not self._inference.classes.known(qualified):
            return None
        module, qualname = self._inference.classes.locate(qualified)
        return self._inference.index(module).scopes.get(qualname)


def _placed(made: Made, at: Location) -> Made:
    """The same call, placed at *at*."""
    return Made(made.name, made.args, made.kwargs, at, made.receiver, made.complete)


def _from_field(made: Made) -> Made:
    """SQLModel's ``Field(...)`` as the column it makes."""
    column = made.kwargs.get("sa_column")
    if isinstance(column, Made):
        return column
    args: list[Any] = []
    if made.kwargs.get("sa_type") is not None:
        args.append(made.kwargs["sa_type"])
    elif isinstance(made.kwargs.get("max_length"), int):
        args.append(Made("sqlalchemy.String", (made.kwargs["max_length"],)))
    if isinstance(made.kwargs.get("foreign_key"), str):
        args.append(Made("sqlalchemy.ForeignKey", (made.kwargs["foreign_key"],)))
    more = made.kwargs.get("sa_column_kwargs")
    kept = {k: v for k, v in made.kwargs.items() if k in ("primary_key", "unique", "index", "nullable")}
    return Made("sqlalchemy.Column", tuple(args), {**kept, **(more if isinstance(more, dict) else {})})


def _metadata_naming(value: Any) -> Rename | None:
    if isinstance(value, Made) and isinstance(value.kwargs.get("naming_convention"), dict):
        return naming_convention(value.kwargs["naming_convention"])
    return None


def _declares(statement: ir.FunctionDef) -> bool:
    return any("declared_attr" in (ir.dotted(d) or "") for d in statement.decorators)
