"""What one body of code does with tables: SQLAlchemy constructs, calls of sessions, rows that change, SQL text."""

from __future__ import annotations

from collections.abc import Iterator

from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.project.code import Scope, own_nodes
from archwright.project.storage.access import Access
from archwright.project.storage.accessrecords import Recorder
from archwright.project.storage.evaluate import Evaluator
from archwright.project.storage.frames import Frame
from archwright.project.storage.literals import Made, Unknown
from archwright.project.storage.rowchanges import RowChanges
from archwright.project.storage.sqltext import looks_like_statement, read_sql, speaks_of_no_table
from archwright.project.storage.statementnames import DML, builds_statement, external_names
from archwright.project.storage.targets import Targets
from archwright.project.storage.textvariants import FRAGMENT, begins_as_sql, variants
from archwright.project.types.inference import Inference

_RUNS = frozenset(
    (
        "execute",
        "exec_driver_sql",
        "executemany",
        "executescript",
        "fetch",
        "fetchall",
        "fetchrow",
        "fetchval",
    )
) | {"scalar", "scalars", "stream"}
_SOURCES = frozenset({"select_from", "join", "outerjoin", "join_from", "outerjoin_from"})
_QUERIES = frozenset({"get", "get_one", "query"})
_BULK = {"bulk_insert_mappings": "insert", "bulk_update_mappings": "update"}


class Body:
    """Reads one scope, or one top-level statement."""

    def __init__(
        self,
        inference: Inference,
        targets: Targets,
        evaluator: Evaluator,
        dialects: tuple[str, ...],
        scope: Scope,
        variable: str,
        body: tuple[ir.Stmt, ...],
    ) -> None:
        self._inference = inference
        self._targets = targets
        self._evaluator = evaluator
        self._dialects = dialects
        self._scope = scope
        self._body = body
        self._made = Recorder(inference, scope, variable, body)
        self._changes = RowChanges(targets, evaluator, scope, self._made)

    def read(self) -> Iterator[Access]:
        """What it does with tables, in source order."""
        for node in own_nodes(self._body):
            if isinstance(node, ir.Call):
                yield from self._call(node)
            elif isinstance(node, ir.Attr):
                yield from self._mention(node, "use", None)
            elif isinstance(node, ir.Assign | ir.AugAssign | ir.AnnAssign):
                yield from self._changes.assignment(node)

    # --- calls ---

    def _call(self, call: ir.Call) -> Iterator[Access]:
        names = external_names(self._inference.callees(call, self._scope))
        method = call.func.name if isinstance(call.func, ir.Attr) else ""
        constructor = next((n.rpartition(".")[2] for n in names if builds_statement(n)), None)
        if constructor == "select":
            yield from self._select(call.args, call.at)
        elif constructor in DML and call.args:
            yield from self._changes.built(constructor, call)
        elif any(n.endswith((".text", ".DDL")) and n.startswith(("sqlalchemy", "sqlmodel")) for n in names):
            yield from self._text(call, sure=True)
        elif method in DML and isinstance(call.func, ir.Attr):
            yield from self._changes.by_method(method, call, call.func)
        elif method == "values" and isinstance(call.func, ir.Attr):
            yield from self._changes.values(call, call.func)
        elif method in ("on_conflict_do_update", "on_duplicate_key_update") and isinstance(
            call.func, ir.Attr
        ):
            yield from self._changes.on_conflict(call, call.func)
        elif method == "from_select" and isinstance(call.func, ir.Attr) and call.args:
            yield from self._changes.filled(
                self._targets.root(call.func.value, self._scope), call.args[0].value, call.at
            )
        elif method in ("returning", "with_only_columns", "add_columns"):
            yield from self._select(call.args, call.at)
        elif method in _SOURCES:
            yield from self._sources(call)
        elif method in _QUERIES:
            yield from self._select(call.args[:1] if method != "query" else call.args, call.at, strict=False)
        elif method in _BULK and call.args:
            target = self._targets.table(call.args[0].value, self._scope)
            if target is not None:
                rows = call.args[1].value if len(call.args) > 1 else None
                yield from self._changes.filled((_BULK[method], target), rows, call.at)
        elif method in _RUNS and call.args:
            yield from self._run(call)
        else:
            model = self._targets.constructed(call, self._scope)
            if model is not None and self._made.escapes(call):
                yield from self._changes.constructed(model, call)
        if method == "setattr" or names == {"builtins.setattr"}:
            yield from self._changes.by_setattr(call)

    def _select(self, args: tuple[ir.Arg, ...], at: ir.Span, *, strict: bool = True) -> Iterator[Access]:
        for arg in args:
            target = self._targets.table(arg.value, self._scope)
            if target is not None:
                yield self._made.access("select", target, (), at, whole=True)
            elif strict or isinstance(arg.value, ir.Attr):
                yield from self._selected(arg.value, self._scope, at)

    def _sources(self, call: ir.Call) -> Iterator[Access]:
        """Tables a statement reads whether or not it names a column of theirs."""
        for arg in call.args:
            target = self._targets.table(arg.value, self._scope)
            if target is not None:
                yield self._made.access("select", target, (), call.at)

    def _selected(self, expr: ir.Expr, scope: Scope, at: ir.Span, depth: int = 4) -> Iterator[Access]:
        """The columns in an expression, and in the tuples of columns it names."""
        for node in walk(expr):
            if isinstance(node, ir.Attr):
                found = self._targets.column(node, scope)
                if found is not None:
                    yield self._made.access("select", found[0], (found[1],), at)
            elif isinstance(node, ir.Name) and depth:
                named = self._targets.assigned(node, scope)
                if len(named) == 1 and isinstance(named[0][0], ir.Seq | ir.Attr | ir.Call):
                    yield from self._selected(*named[0], at, depth - 1)

    def _run(self, call: ir.Call) -> Iterator[Access]:
        first = call.args[0].value
        root = self._targets.root(first, self._scope)
        if (
            root is not None
            and root[0] in ("insert", "update")
            and len(call.args) > 1
            and root[1] is not None
        ):
            parts = self._targets.keys(call.args[1].value, self._scope)
            if root[0] == "insert":
                yield from self._changes.parts(
                    (root[0], root[1]), tuple(p for p in parts if p.names), call.at
                )
        elif root is None:
            yield from self._text(
                call, sure=isinstance(call.func, ir.Attr) and call.func.name == "exec_driver_sql"
            )

    def _text(self, call: ir.Call, *, sure: bool) -> Iterator[Access]:
        if not call.args:
            return
        frame = Frame(self._scope)
        for variant in variants(call.args[0].value):
            value = self._evaluator.evaluate(variant, frame)
            if isinstance(value, str):
                if looks_like_statement(value):
                    yield from self._sql(value, call.at)
                elif speaks_of_no_table(value):
                    continue
                elif sure and self._scope.kind == "function" and FRAGMENT.search(value):
                    yield self._made.doubtful("use", "whose columns this fragment names", call.at)
            elif isinstance(value, Unknown | Made) and (sure or begins_as_sql(variant)):
                yield self._made.doubtful("execute", "which statement it runs", call.at)

    def _sql(self, text: str, at: ir.Span) -> Iterator[Access]:
        touches = read_sql(text, self._dialects)
        if touches is None:
            yield self._made.doubtful("execute", "what this statement does", at)
            return
        for touch in touches:
            yield self._made.touched(touch, at)

    # --- mentions ---

    def _mention(self, node: ir.Attr, verb: str, at: ir.Span | None) -> Iterator[Access]:
        found = self._targets.column(node, self._scope)
        if found is not None:
            target, column = found
            yield self._made.access(verb, target, (column,), at or self._made.nearest(node))
