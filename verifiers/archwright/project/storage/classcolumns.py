"""The columns and constraints that the body of a mapped class declares."""

from __future__ import annotations

from typing import Any

from archwright.facts import ir
from archwright.model import Location
from archwright.project.code import Scope
from archwright.project.storage.columntypes import ColumnTypes
from archwright.project.storage.declarations import TableBuilder
from archwright.project.storage.evaluate import DEPTH, Evaluator
from archwright.project.storage.frames import Frame
from archwright.project.storage.literals import Class, Function, Made, Mapped
from archwright.project.storage.mapped import Annotations
from archwright.project.storage.mappedclasses import MappedClasses
from archwright.project.storage.schema import table_key
from archwright.project.types.inference import Inference

_COLUMNS = frozenset({"Column", "Field", "deferred", "mapped_column"})


class ClassColumns:
    """Reads the bodies of classes into table builders."""

    def __init__(
        self, inference: Inference, runner: Evaluator, types: ColumnTypes, mapped: MappedClasses
    ) -> None:
        self._inference = inference
        self._runner = runner
        self._annotations = Annotations(inference, runner, types)
        self._mapped = mapped
        self.backrefs: set[str] = set()
        """Attributes that relationships put on the class at their other end."""

    def read_columns(
        self, scope: Scope, qualified: str, builder: TableBuilder, attributes: dict[str, str]
    ) -> None:
        """Adds the columns of a class body to *builder*, and their attributes to *attributes*."""
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

    def read_table_args(
        self, scope: Scope, qualified: str, builder: TableBuilder, attributes: dict[str, str]
    ) -> None:
        """Adds what ``__table_args__`` of a class body says."""
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
        is_model = self._mapped.is_sqlmodel(qualified)
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


def _declares(statement: ir.FunctionDef) -> bool:
    return any("declared_attr" in (ir.dotted(d) or "") for d in statement.decorators)
