"""What code does with tables: SQLAlchemy constructs and SQL text, attributed to the function they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from archwright.facts import ir
from archwright.facts.walk import NODE_FIELDS, children, walk
from archwright.model import Location
from archwright.project.code import Scope, own_nodes
from archwright.project.inference import Inference
from archwright.project.storage.evaluate import Evaluator
from archwright.project.storage.frames import Frame
from archwright.project.storage.keys import Part
from archwright.project.storage.literals import Made, Unknown
from archwright.project.storage.models import Models
from archwright.project.storage.sqltext import Touch, looks_like_statement, read_sql, speaks_of_no_table
from archwright.project.storage.targets import DML, Target, Targets, builds_statement, external_names

WRITES = frozenset({"delete", "insert", "update"})
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
_MAX_VARIANTS = 16
_LEFTMOST = re.compile(r"\s*(?:SELECT|INSERT\s+INTO|UPDATE|DELETE\s+FROM|WITH)\b", re.IGNORECASE)


class Access(msgspec.Struct, frozen=True):
    """One thing a piece of code does with one table."""

    verb: str
    """``select`` (reads values), ``use`` (in a predicate, an order, a key), ``insert``, ``update``, ``delete``; ``define``
    for DDL; ``execute`` for a statement that cannot be told."""
    table: str | None
    """None where it cannot be told."""
    columns: tuple[str, ...]
    whole: bool
    """Every column: an entity, ``*``, an insert without a list."""
    owner: str
    """Qualified name of the function; of the module at top level."""
    module: str
    at: Location
    doubt: str = ""
    """What about it cannot be told; empty when everything can."""
    among: tuple[str, ...] = ()
    """Tables an unqualified column may belong to."""
    variable: str = ""
    """At top level: the name bound to the value it is part of."""
    handed_by: tuple[str, ...] = ()
    """The functions whose calls hand on what it writes, innermost first; empty where nobody's call decides."""

    @property
    def writes(self) -> bool:
        """Whether it changes rows."""
        return self.verb in WRITES


class AccessReader:
    """Reads the accesses of modules."""

    def __init__(
        self, inference: Inference, models: Models, evaluator: Evaluator, dialects: tuple[str, ...]
    ) -> None:
        self._inference = inference
        self._targets = Targets(inference, models, evaluator)
        self._models = models
        self._evaluator = evaluator
        self._dialects = dialects

    def read(self, module: str) -> tuple[Access, ...]:
        """Everything *module* does with tables, in source order."""
        found: list[Access] = []
        for scope in self._inference.index(module).executed():
            if scope.kind == "class" and self._models.is_base(scope.qualified):
                continue
            for variable, body in _parts(scope):
                reader = _Body(self, scope, variable)
                found += reader.read(body)
        return tuple(dict.fromkeys(found))


class _Body:
    """One scope, or one top-level statement."""

    def __init__(self, reader: AccessReader, scope: Scope, variable: str) -> None:
        self._inference = reader._inference
        self._targets = reader._targets
        self._evaluator = reader._evaluator
        self._dialects = reader._dialects
        self._scope = scope
        self._variable = variable
        self._escaping: set[int] | None = None
        self._places: dict[int, ir.Span] | None = None
        self._body: tuple[ir.Stmt, ...] = ()

    def read(self, body: tuple[ir.Stmt, ...]) -> Iterator[Access]:
        self._body = body
        for node in own_nodes(body):
            if isinstance(node, ir.Call):
                yield from self._call(node)
            elif isinstance(node, ir.Attr):
                yield from self._mention(node, "use", None)
            elif isinstance(node, ir.Assign | ir.AugAssign | ir.AnnAssign):
                yield from self._assignment(node)

    # --- statements ---

    def _assignment(self, node: ir.Assign | ir.AugAssign | ir.AnnAssign) -> Iterator[Access]:
        targets = node.targets if isinstance(node, ir.Assign) else (node.target,)
        for target in targets:
            for item in target.items if isinstance(target, ir.Seq) else (target,):
                if not isinstance(item, ir.Attr):
                    continue
                model = self._targets.row(item.value, self._scope)
                if model is not None and item.name in model.attributes:
                    yield self._access("update", model, (model.attributes[item.name],), node.at)

    # --- calls ---

    def _call(self, call: ir.Call) -> Iterator[Access]:
        names = external_names(self._inference.callees(call, self._scope))
        method = call.func.name if isinstance(call.func, ir.Attr) else ""
        constructor = next((n.rpartition(".")[2] for n in names if builds_statement(n)), None)
        if constructor == "select":
            yield from self._select(call.args, call.at)
        elif constructor in DML and call.args:
            yield from self._change(constructor, call)
        elif any(n.endswith((".text", ".DDL")) and n.startswith(("sqlalchemy", "sqlmodel")) for n in names):
            yield from self._text(call, sure=True)
        elif method in DML and isinstance(call.func, ir.Attr):
            yield from self._method_change(method, call, call.func)
        elif method == "values" and isinstance(call.func, ir.Attr):
            yield from self._values(call, call.func)
        elif method in ("on_conflict_do_update", "on_duplicate_key_update") and isinstance(
            call.func, ir.Attr
        ):
            yield from self._conflict(call, call.func)
        elif method == "from_select" and isinstance(call.func, ir.Attr) and call.args:
            yield from self._filled(
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
                yield from self._filled((_BULK[method], target), rows, call.at)
        elif method in _RUNS and call.args:
            yield from self._run(call)
        else:
            model = self._targets.constructed(call, self._scope)
            if model is not None and self._escapes(call):
                yield from self._constructed(model, call)
        if method == "setattr" or names == {"builtins.setattr"}:
            yield from self._setattr(call)

    def _select(self, args: tuple[ir.Arg, ...], at: ir.Span, *, strict: bool = True) -> Iterator[Access]:
        for arg in args:
            target = self._targets.table(arg.value, self._scope)
            if target is not None:
                yield self._access("select", target, (), at, whole=True)
            elif strict or isinstance(arg.value, ir.Attr):
                yield from self._selected(arg.value, self._scope, at)

    def _sources(self, call: ir.Call) -> Iterator[Access]:
        """Tables a statement reads whether or not it names a column of theirs."""
        for arg in call.args:
            target = self._targets.table(arg.value, self._scope)
            if target is not None:
                yield self._access("select", target, (), call.at)

    def _selected(self, expr: ir.Expr, scope: Scope, at: ir.Span, depth: int = 4) -> Iterator[Access]:
        """The columns in an expression, and in the tuples of columns it names."""
        for node in walk(expr):
            if isinstance(node, ir.Attr):
                found = self._targets.column(node, scope)
                if found is not None:
                    yield self._access("select", found[0], (found[1],), at)
            elif isinstance(node, ir.Name) and depth:
                named = self._targets.assigned(node, scope)
                if len(named) == 1 and isinstance(named[0][0], ir.Seq | ir.Attr | ir.Call):
                    yield from self._selected(*named[0], at, depth - 1)

    def _change(self, verb: str, call: ir.Call) -> Iterator[Access]:
        target = self._targets.table(call.args[0].value, self._scope) if call.args else None
        if target is None:
            yield self._doubtful(verb, "which table it changes", call.at)
        else:
            yield self._access(verb, target, (), call.at)

    def _method_change(self, verb: str, call: ir.Call, func: ir.Attr) -> Iterator[Access]:
        target = self._targets.table(func.value, self._scope)
        if target is not None:
            yield self._access(verb, target, (), call.at)
            if call.args or verb == "update":
                yield from self._values(call, func, (verb, target))
            return
        root = self._targets.root(func.value, self._scope)
        if root is not None and root[0] == "query" and root[1] is not None:
            yield self._access(verb, root[1], (), call.at)
            if verb == "update" and call.args:
                yield from self._filled(("update", root[1]), call.args[0].value, call.at)
        elif verb == "delete" and len(call.args) == 1:
            model = self._targets.row(call.args[0].value, self._scope)
            if model is not None:
                yield self._access("delete", model, (), call.at)

    def _values(
        self, call: ir.Call, func: ir.Attr, root: tuple[str, Target | None] | None = None
    ) -> Iterator[Access]:
        root = root or self._targets.root(func.value, self._scope)
        if root is None or root[0] not in DML:
            return
        named = tuple(a.keyword for a in call.args if a.keyword)
        if named:
            yield from self._named(root, named, call.at)
        for arg in call.args:
            if arg.star or not arg.keyword:
                yield from self._filled(root, arg.value, call.at)

    def _conflict(self, call: ir.Call, func: ir.Attr) -> Iterator[Access]:
        root = self._targets.root(func.value, self._scope)
        if root is None:
            return
        change = ("update", root[1])
        for arg in call.args:
            if arg.keyword == "set_":
                yield from self._filled(change, arg.value, call.at)

    def _filled(
        self, root: tuple[str, Target | None] | None, rows: ir.Expr | None, at: ir.Span
    ) -> Iterator[Access]:
        """Columns given as the keys of a dict, or of a list of dicts, or as a list of names."""
        if root is None or root[1] is None:
            return
        yield from self._parts((root[0], root[1]), self._targets.keys(rows, self._scope), at)

    def _parts(
        self,
        root: tuple[str, Target],
        parts: tuple[Part, ...],
        at: ir.Span,
        doubt: str = "which columns it writes",
    ) -> Iterator[Access]:
        for part in parts:
            columns = tuple(root[1].attributes.get(n, n) for n in part.names or ())
            unsure = doubt if part.names is None else ""
            yield self._access(*root, columns, at, doubt=unsure, handed_by=part.handed_by)

    def _named(
        self, root: tuple[str, Target | None], names: tuple[str, ...], at: ir.Span
    ) -> Iterator[Access]:
        if root[1] is not None:
            yield from self._parts((root[0], root[1]), (Part(names),), at)

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
                yield from self._parts((root[0], root[1]), tuple(p for p in parts if p.names), call.at)
        elif root is None:
            yield from self._text(
                call, sure=isinstance(call.func, ir.Attr) and call.func.name == "exec_driver_sql"
            )

    def _text(self, call: ir.Call, *, sure: bool) -> Iterator[Access]:
        if not call.args:
            return
        frame = Frame(self._scope)
        for variant in _variants(call.args[0].value):
            value = self._evaluator.evaluate(variant, frame)
            if isinstance(value, str):
                if looks_like_statement(value):
                    yield from self._sql(value, call.at)
                elif speaks_of_no_table(value):
                    continue
                elif sure and self._scope.kind == "function" and _FRAGMENT.search(value):
                    yield self._doubtful("use", "whose columns this fragment names", call.at)
            elif isinstance(value, Unknown | Made) and (sure or _begins_as_sql(variant)):
                yield self._doubtful("execute", "which statement it runs", call.at)

    def _sql(self, text: str, at: ir.Span) -> Iterator[Access]:
        touches = read_sql(text, self._dialects)
        if touches is None:
            yield self._doubtful("execute", "what this statement does", at)
            return
        for touch in touches:
            yield self._touched(touch, at)

    def _constructed(self, model: Target, call: ir.Call) -> Iterator[Access]:
        names = tuple(a.keyword for a in call.args if a.keyword)
        columns = tuple(model.attributes.get(n, n) for n in names if n not in model.others)
        yield self._access("insert", model, columns, call.at)
        for arg in call.args:
            if arg.star:
                parts = self._targets.keys(arg.value, self._scope)
                yield from self._parts(("insert", model), parts, call.at)

    def _setattr(self, call: ir.Call) -> Iterator[Access]:
        if len(call.args) != 3:
            return
        model = self._targets.row(call.args[0].value, self._scope)
        if model is None:
            return
        name = self._evaluator.evaluate(call.args[1].value, Frame(self._scope))
        if isinstance(name, str) and model.mapped and name not in model.attributes:
            return  # an attribute of the object alone, as in ``row.name = value``
        parts = (
            (Part((name,)),)
            if isinstance(name, str)
            else self._targets.loop_names(call.args[1].value, self._scope)
        )
        yield from self._parts(("update", model), parts, call.at, "which column it writes")

    # --- mentions ---

    def _mention(self, node: ir.Attr, verb: str, at: ir.Span | None) -> Iterator[Access]:
        found = self._targets.column(node, self._scope)
        if found is not None:
            target, column = found
            yield self._access(verb, target, (column,), at or self._nearest(node))

    def _nearest(self, node: ir.Attr) -> ir.Span:
        """The place of the innermost call or statement around an attribute, which has none of its own."""
        if self._places is None:
            self._places = _places(self._body)
        return self._places.get(id(node), (1, 1, 0, 0))

    def _escapes(self, call: ir.Call) -> bool:
        """Whether a new row leaves the hands of the code that makes it: is passed on, returned or kept."""
        if self._scope.kind != "function":
            return True
        if self._escaping is None:
            self._escaping = set(_escaping(self._body, self._inference, self._scope))
        return id(call) in self._escaping

    # --- results ---

    def _access(
        self,
        verb: str,
        target: Target,
        columns: tuple[str, ...],
        at: ir.Span,
        *,
        whole: bool = False,
        doubt: str = "",
        handed_by: tuple[str, ...] = (),
    ) -> Access:
        return Access(
            verb,
            target.name,
            columns,
            whole,
            self._owner,
            self._scope.module,
            self._at(at),
            doubt,
            (),
            self._variable,
            handed_by,
        )

    def _doubtful(self, verb: str, what: str, at: ir.Span) -> Access:
        return Access(
            verb, None, (), False, self._owner, self._scope.module, self._at(at), what, (), self._variable
        )

    def _touched(self, touch: Touch, at: ir.Span) -> Access:
        return Access(
            touch.verb,
            touch.table or None,
            touch.columns,
            touch.whole,
            self._owner,
            self._scope.module,
            self._at(at),
            "",
            touch.among,
            self._variable,
        )

    @property
    def _owner(self) -> str:
        return self._scope.qualified.split("#")[0]

    def _at(self, span: ir.Span) -> Location:
        return self._inference.project.at(self._scope.module, span)


_FRAGMENT = re.compile(
    r"(?<![:'\w])[A-Za-z_]\w*(?!\w*\s*\()(?=\s*(?:=|<|>|!|\bIS\b|\bIN\b|\bLIKE\b|\bASC\b|\bDESC\b))",
    re.IGNORECASE,
)
"""A name that is compared or ordered by: a column, in a piece of SQL that is no whole statement."""


def _parts(scope: Scope) -> Iterator[tuple[str, tuple[ir.Stmt, ...]]]:
    """The body of a scope; at top level statement by statement, with the name each binds."""
    if scope.kind != "module":
        yield "", scope.body
        return
    for statement in scope.body:
        if isinstance(statement, ir.Assign) and isinstance(statement.targets[0], ir.Name):
            yield statement.targets[0].id, (statement,)
        elif isinstance(statement, ir.AnnAssign) and isinstance(statement.target, ir.Name):
            yield statement.target.id, (statement,)
        else:
            yield "", (statement,)


def _variants(expr: ir.Expr) -> list[ir.Expr]:
    """An expression once for each way the choices in it can go: ``f"… {'ASC' if up else 'DESC'}"`` is two texts."""
    done: list[ir.Expr] = []
    pending = [expr]
    while pending and len(pending) + len(done) < _MAX_VARIANTS:
        current = pending.pop()
        choice = next((n for n in walk(current) if isinstance(n, ir.IfExp)), None)
        if choice is None:
            done.append(current)
        else:
            pending += [_replaced(current, choice, choice.orelse), _replaced(current, choice, choice.body)]
    return done + pending


def _replaced(node: Any, old: ir.Expr, new: ir.Expr) -> Any:
    if node is old:
        return new
    if not isinstance(node, msgspec.Struct):
        return node
    changes: dict[str, Any] = {}
    for name in NODE_FIELDS[type(node)]:
        value = getattr(node, name)
        if isinstance(value, tuple):
            items = tuple(_replaced(item, old, new) for item in value)
            if any(a is not b for a, b in zip(items, value, strict=True)):
                changes[name] = items
        elif value is not None:
            changed = _replaced(value, old, new)
            if changed is not value:
                changes[name] = changed
    return msgspec.structs.replace(node, **changes) if changes else node


def _begins_as_sql(expr: ir.Expr) -> bool:
    """Whether the leftmost literal part of a text that is put together begins as a statement does."""
    while True:
        if isinstance(expr, ir.BinOp):
            expr = expr.left
        elif isinstance(expr, ir.FString) and expr.parts:
            expr = expr.parts[0]
        elif isinstance(expr, ir.Call) and isinstance(expr.func, ir.Attr):
            expr = expr.func.value
        else:
            return isinstance(expr, ir.Str) and _LEFTMOST.match(expr.value) is not None


def _places(body: tuple[ir.Stmt, ...]) -> dict[int, ir.Span]:
    """For every attribute the span of the innermost call, await or statement that contains it."""
    table: dict[int, ir.Span] = {}
    stack: list[tuple[Any, ir.Span]] = [
        (statement, getattr(statement, "at", (1, 1, 0, 0))) for statement in body
    ]
    while stack:
        node, span = stack.pop()
        span = getattr(node, "at", None) or span
        if isinstance(node, ir.Attr):
            table[id(node)] = span
        stack.extend((child, span) for child in children(node))
    return table


def _escaping(body: tuple[ir.Stmt, ...], inference: Inference, scope: Scope) -> Iterator[int]:
    """Calls whose value is passed on, returned, yielded, or stored; through local names."""
    kept: set[str] = set()
    nodes = list(own_nodes(body))
    for node in nodes:
        for part in _handed_on(node, inference, scope):
            for inner in walk(part):
                if isinstance(inner, ir.Name):
                    kept.add(inner.id)
                elif isinstance(inner, ir.Call):
                    yield id(inner)
    for node in nodes:
        if isinstance(node, ir.Assign | ir.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ir.Assign) else (node.target,)
            if any(not isinstance(t, ir.Name) or t.id in kept for t in targets):
                yield from (id(n) for n in walk(node.value) if isinstance(n, ir.Call))
        elif isinstance(node, ir.Walrus) and isinstance(node.target, ir.Name) and node.target.id in kept:
            yield from (id(n) for n in walk(node.value) if isinstance(n, ir.Call))


def _handed_on(node: Any, inference: Inference, scope: Scope) -> Iterator[ir.Expr]:
    if isinstance(node, ir.Call):
        names = external_names(inference.callees(node, scope))
        if not names or not all(n.startswith("builtins.") for n in names) or names <= _KEEPING:
            yield from (arg.value for arg in node.args)
    elif isinstance(node, ir.Return | ir.Yield) and node.value is not None:
        yield node.value
    elif isinstance(node, ir.Lambda):
        yield node.body


_KEEPING = frozenset(
    {"builtins.list", "builtins.tuple", "builtins.set", "builtins.dict", "builtins.list.append"}
)
