"""Where values come from: the types of everything an expression's value is or holds, followed through the code that makes it.

``select(Order)`` run in a session gives orders; a list, a tuple, a dict, a comprehension or a frozen record that is given one
holds it. A column of a row, a mapping function that only reads columns, or ``len(rows)`` holds none. What a call of another
package makes of its arguments is a new value, unless it is known to hand them on.
"""

from __future__ import annotations

from collections.abc import Mapping

from archwright.facts import ir
from archwright.facts.binding import Bound
from archwright.facts.walk import walk_own
from archwright.project.code import Scope, own_nodes
from archwright.project.inference import Inference
from archwright.project.shapes.arguments import all_arguments, bind
from archwright.project.shapes.typesets import TypeSets, type_name
from archwright.project.storage.targets import builds_statement
from archwright.project.values import (
    ANYTHING,
    NOTHING,
    UNKNOWN,
    ClassValue,
    ExternalInstance,
    ExternalValue,
    FunctionValue,
    InstanceValue,
    ModuleValue,
    Value,
    Values,
)

_DEPTH = 40
_CALLS = 12
Env = Mapping[str, Values]
"""What names of the code at hand hold: comprehension targets, and parameters of a function that is being followed."""

_GIVES_ITS_ARGUMENTS = frozenset(
    {
        *("builtins.dict", "builtins.enumerate", "builtins.filter", "builtins.frozenset"),
        *("builtins.iter", "builtins.list", "builtins.max", "builtins.min", "builtins.next"),
        *("builtins.reversed", "builtins.set", "builtins.sorted", "builtins.tuple", "builtins.zip"),
        *("builtins.getattr", "builtins.vars", "builtins.anext", "builtins.aiter", "copy.copy"),
        *("copy.deepcopy", "asyncio.gather", "asyncio.wait_for", "asyncio.shield"),
        *("asyncio.create_task", "itertools.chain", "itertools.islice", "itertools.groupby"),
        *("collections.deque", "collections.OrderedDict", "types.MappingProxyType"),
        *("types.SimpleNamespace", "dataclasses.replace", "msgspec.structs.replace"),
    }
)
"""Functions whose result holds what they are given."""
_APPLIES = frozenset({"builtins.map", "asyncio.to_thread", "anyio.to_thread.run_sync"})
"""Functions whose result is what another function makes of their arguments."""
_RUNS = frozenset(
    {
        *(
            "exec",
            "execute",
            "from_statement",
            "get",
            "get_one",
            "merge",
            "query",
            "scalar",
            "scalars",
            "stream",
        ),
        "stream_scalars",
    }
)
"""Methods of sessions whose result holds rows of the class or statement they are given."""
_ADDS = frozenset({"add_columns", "returning", "union", "union_all", "with_only_columns"})
"""Methods of statements that make them ask for what they are given."""
_HANDS_ON = frozenset(
    {
        *("all", "fetchall", "fetchmany", "fetchone", "first", "freeze", "mappings", "one"),
        *("one_or_none", "partitions", "scalar_one", "scalar_one_or_none", "tuples", "unique"),
        *("yield_per", "where", "filter", "filter_by", "order_by", "limit", "offset", "join"),
        *("outerjoin", "options", "with_for_update", "distinct", "group_by", "having"),
        *("execution_options", "select_from", "values", "returning", "join_from", "add_columns"),
        *("union", "union_all", "from_statement", "populate_existing", "copy", "items", "pop"),
        *("popitem", "get", "setdefault", "keys", "popleft", "__iter__", "__aiter__", "__next__"),
        *("__anext__", "result", "on_conflict_do_nothing", "on_conflict_do_update", "prefix_with"),
        *("correlate", "slice", "execute", "scalars", "scalar", "with_hint", "enter_async_context"),
        "enter_context",
    }
)
"""Methods of results, statements and containers whose result holds what they hold."""
_FILLS = frozenset(
    {
        *("add", "append", "appendleft", "extend", "insert", "setdefault", "update", "put"),
        "put_nowait",
    }
)
_DATABASE = ("sqlalchemy", "sqlmodel")


class Origins:
    """Answers for one code base."""

    def __init__(self, inference: Inference, types: TypeSets) -> None:
        self._inference = inference
        self._types = types
        self._returned: dict[tuple[object, ...], Values] = {}
        self._busy: set[object] = set()
        self._readings: dict[Scope, _Reading] = {}
        # How often a circle or a bound cut an answer short; an answer is kept only if nothing below it was cut.
        self.cuts = 0

    def returned(self, function: Scope) -> list[tuple[ir.Expr, ir.Span, Values]]:
        """The expressions *function* returns or yields, with what each holds."""
        found: list[tuple[ir.Expr, ir.Span, Values]] = []
        last: ir.Span = function.node.at if function.node is not None else (1, 1, 1, 1)
        for node in walk_own(function.body):
            last = getattr(node, "at", last)
            if isinstance(node, ir.Return | ir.Yield) and node.value is not None:
                at = node.at if isinstance(node, ir.Return) else last
                found.append((node.value, at, self.held(node.value, function)))
        return found

    def held(self, expr: ir.Expr | None, scope: Scope, env: Env | None = None) -> Values:
        """Instances the value of *expr* is or holds; UNKNOWN among them where something cannot be told."""
        return (_Reading(self, env) if env else self.reading(scope)).of(expr, scope, _DEPTH)

    def reading(self, scope: Scope) -> _Reading:
        """The reading of a scope's code in which answers are kept."""
        known = self._readings.get(scope)
        if known is None:
            known = self._readings[scope] = _Reading(self, {})
        return known

    def result(self, function: FunctionValue, env: Env, depth: int, *, asked: bool = False) -> Values:
        """What the result of *function* holds when its parameters hold what *env* says; *asked*: once it is run, if a statement."""
        scope = self._inference.scope(function)
        if scope is None:
            return ANYTHING
        key = (function.module, function.qualname, asked, *sorted(env.items(), key=lambda e: e[0]))
        known = self._returned.get(key)
        if known is not None:
            return known
        if key in self._busy or depth <= 0 or len(self._busy) >= _CALLS:
            self.cuts += 1
            return NOTHING if key in self._busy else ANYTHING
        self._busy.add(key)
        cuts = self.cuts
        found: set[Value] = set()
        try:
            reading = _Reading(self, env, asked=asked)
            for node in walk_own(scope.body):
                if isinstance(node, ir.Return | ir.Yield) and node.value is not None:
                    found |= reading.of(node.value, scope, depth - 1)
            node = scope.node
            if _is_stub(scope) and isinstance(node, ir.FunctionDef):
                found |= self._types.of(node.returns, scope, asked=asked)
        finally:
            self._busy.discard(key)
        if cuts == self.cuts or not self._busy:
            self._returned[key] = frozenset(found)
        return frozenset(found)


class _Reading:
    """One function's body, with what some of its names are known to hold."""

    def __init__(
        self, origins: Origins, env: Env, *, asked: bool = False, around: _Reading | None = None
    ) -> None:
        """*asked* reads statements as the rows they give when they are run; *around* is the body a comprehension stands in."""
        self._origins = origins
        self._inference = origins._inference
        self._types = origins._types
        self._env = env
        self._asked = asked
        self._body = around or self
        self._known: dict[tuple[int, str], Values] = {}
        self._provisional: dict[tuple[int, str], Values] = {}
        self._busy: set[tuple[int, str]] = set()
        self._twin: _Reading | None = None

    @property
    def _running(self) -> _Reading:
        """The same code, with statements read as the rows they give."""
        if self._asked:
            return self
        if self._twin is None:
            around = None if self._body is self else self._body._running
            self._twin = _Reading(self._origins, self._env, asked=True, around=around)
        return self._twin

    def of(self, expr: ir.Expr | None, scope: Scope, depth: int) -> Values:
        if expr is None or depth <= 0:
            self._origins.cuts += 1
            return ANYTHING
        match expr:
            case ir.Name():
                return self._name(expr, scope, depth)
            case ir.Attr():
                return self._attribute(expr, scope, depth)
            case ir.Call():
                return self._call(expr, scope, depth)
            case ir.Await() | ir.Star() | ir.Walrus():
                return self.of(expr.value, scope, depth - 1)
            case ir.IfExp():
                return self.of(expr.body, scope, depth - 1) | self.of(expr.orelse, scope, depth - 1)
            case ir.BoolOp() | ir.BinOp():
                return self.of(expr.left, scope, depth - 1) | self.of(expr.right, scope, depth - 1)
            case ir.Subscript():
                return self.of(expr.value, scope, depth - 1)
            case ir.Seq():
                return self._union(expr.items, scope, depth)
            case ir.Dict():
                keys = tuple(key for key in expr.keys if key is not None)
                return self._union((*keys, *expr.values), scope, depth)
            case ir.Comp():
                return self._comprehension(expr, scope, depth)
            case ir.Yield():
                return NOTHING
        return NOTHING

    def _union(self, parts: tuple[ir.Expr, ...], scope: Scope, depth: int) -> Values:
        return frozenset[Value]().union(*(self.of(part, scope, depth - 1) for part in parts))

    # --- names ---

    def _name(self, expr: ir.Name, scope: Scope, depth: int) -> Values:
        if expr.id in self._env:
            return self._env[expr.id]
        current: Scope | None = scope
        first = True
        while current is not None and current.kind != "module":
            if (first or current.kind != "class") and expr.id in current.names.bound:
                return self._body._local(expr.id, current, depth)
            first = False
            current = current.parent
        found: set[Value] = set()
        for value in self._inference.evaluate(expr, scope):
            if isinstance(value, InstanceValue | ExternalInstance):
                found.add(value)
        return frozenset(found)

    def _local(self, name: str, scope: Scope, depth: int) -> Values:
        mark = (id(scope), name)
        if name in self._env:
            return self._env[name]
        known = self._known.get(mark)
        if known is not None:
            return known
        if mark in self._busy or mark in self._provisional:
            self._origins.cuts += 1
            return self._provisional.get(mark, NOTHING)
        self._busy.add(mark)
        cuts = self._origins.cuts
        found: set[Value] = set()
        try:
            for how in scope.names.bound[name]:
                found |= self._binding(how, name, scope, depth - 1)
            for part in _put_into(name, scope):
                found |= self.of(part, scope, depth - 1)
        finally:
            self._busy.discard(mark)
        held = frozenset(found)
        if cuts == self._origins.cuts or not self._busy:
            self._known[mark] = held
        else:
            self._provisional[mark] = held
        if not self._busy:
            self._provisional.clear()
        return held

    def _binding(self, how: Bound, name: str, scope: Scope, depth: int) -> Values:
        node = how.node
        if how.kind == "assign":
            return NOTHING if how.value is None else self.of(how.value, scope, depth)
        if how.kind == "param" and isinstance(node, ir.Param):
            if self._is_receiver(node, scope):
                return self._inference.name(name, scope)
            return self._types.of(node.annotation, scope, asked=self._asked)
        if how.kind == "for" and isinstance(node, ir.For):
            return self._gone_through(node.target, node.iter, scope, depth).get(name, NOTHING)
        if how.kind == "with" and isinstance(node, ir.WithItem):
            return self._entered(node.expr, name, scope, depth)
        if how.kind == "other" and isinstance(node, ir.Assign | ir.AugAssign):
            return self.of(node.value, scope, depth)  # unpacking: each name may get any part
        if how.kind == "other" and isinstance(node, ir.Match):
            return self.of(node.subject, scope, depth)
        if how.kind in ("import", "function", "class"):
            return NOTHING
        return self._inference.bound(how, name, scope, depth)

    def _entered(self, expr: ir.Expr, name: str, scope: Scope, depth: int) -> Values:
        held = self.of(expr, scope, depth)
        return held | frozenset(v for v in self._inference.name(name, scope) if v != UNKNOWN)

    @staticmethod
    def _is_receiver(param: ir.Param, scope: Scope) -> bool:
        return scope.owner is not None and scope.params[0] is param and not scope.decorated("staticmethod")

    # --- attributes, calls ---

    def _attribute(self, expr: ir.Attr, scope: Scope, depth: int) -> Values:
        found: set[Value] = set()
        holders = self._inference.evaluate(expr.value, scope)
        if not any(isinstance(h, InstanceValue | ClassValue | ModuleValue) for h in holders):
            holders = self.of(expr.value, scope, depth - 1)
        for holder in sorted(holders, key=repr):
            if isinstance(holder, InstanceValue):
                if holder.qualname.rpartition(".")[2] == expr.name:
                    found.add(holder)  # ``row.Order``: the entity in a row of a result
                found |= self._field(holder, expr.name, depth)
            elif isinstance(holder, ModuleValue):
                named = self._inference.member(holder, expr.name)
                found |= {v for v in named if isinstance(v, InstanceValue | ExternalInstance)}
        return frozenset(found) or (ANYTHING if UNKNOWN in holders else NOTHING)

    def _field(self, holder: InstanceValue, name: str, depth: int) -> Values:
        """What an attribute of an instance holds: by its annotation, else what methods assign."""
        for field, annotation, where in self._types.fields(holder.cls.qualified):
            if field == name:
                return self._types.of(annotation, where)
        known: set[Value] = set()
        for method, assigned, declared in self._inference.members.assignments(holder.cls, name):
            if declared is not None:
                known |= self._types.of(declared, method)
            elif assigned is not None:
                known |= self._origins.reading(method).of(assigned, method, depth - 1)
        if not known:
            values = self._inference.member(holder, name)
            known = {v for v in values if isinstance(v, InstanceValue | ExternalInstance)}
        prop = self._inference.property_of(holder, name)
        if prop is not None:
            known |= self._origins.result(FunctionValue(prop.module, prop.qualname, True), {}, depth - 1)
        return frozenset(known)

    def _call(self, call: ir.Call, scope: Scope, depth: int) -> Values:
        found: set[Value] = set()
        callees = self._inference.callees(call, scope)
        for callee in sorted(callees, key=repr):
            if isinstance(callee, FunctionValue):
                found |= self._own_function(callee, call, scope, depth)
            elif isinstance(callee, ClassValue):
                found |= self._constructed(callee, call, scope, depth)
            elif isinstance(callee, ExternalValue):
                found |= self._external(callee.name, call, scope, depth)
            elif isinstance(callee, InstanceValue):
                for method in self._inference.member(callee, "__call__"):
                    if isinstance(method, FunctionValue):
                        found |= self._own_function(method, call, scope, depth)
        if UNKNOWN in callees or not callees:
            found |= self._unknown_callee(call, scope, depth)
        return frozenset(found)

    def _own_function(self, function: FunctionValue, call: ir.Call, scope: Scope, depth: int) -> Values:
        target = self._inference.scope(function)
        if target is None:
            return ANYTHING
        bound = bind(call, target.params, given=1 if function.bound else 0)
        params = {p.name: p for p in target.params}
        given: dict[str, Values] = {}
        for name, value in bound.by_name.items():
            given[name] = self._declared(params[name], target, self.of(value, scope, depth - 1))
        return self._origins.result(function, given, depth - 1, asked=self._asked)

    def _declared(self, param: ir.Param, target: Scope, held: Values) -> Values:
        """What an argument holds, by itself and by what its parameter is declared to take."""
        declared = self._types.of(param.annotation, target, asked=self._asked)
        if UNKNOWN in declared:
            return held
        if UNKNOWN in held:
            return (held - ANYTHING) | declared
        hierarchy = self._inference.classes
        names = {type_name(value) for value in declared}
        if any(name.startswith(("typing.", "collections.")) or hierarchy.is_protocol(name) for name in names):
            return held
        # One part of a tuple that was taken apart: only what fits the declaration can be meant.
        return frozenset(
            v for v in held if not names.isdisjoint(hierarchy.lineage(type_name(v)) or {type_name(v)})
        )

    def _constructed(self, cls: ClassValue, call: ir.Call, scope: Scope, depth: int) -> Values:
        """The new instance, and what it keeps of its arguments."""
        instance: Values = frozenset({InstanceValue(cls.module, cls.qualname)})
        init = self._initialiser(cls)
        lineage = self._inference.classes.lineage(cls.qualified)
        if any(base.startswith("enum.") for base in lineage):
            return instance
        if init is None:
            names = {name for name, _, _ in self._types.fields(cls.qualified)}
            kept = [a.value for a in call.args if a.keyword is None or a.keyword in names]
            return instance | self._union(tuple(kept), scope, depth)
        bound = bind(call, init.params, given=1)
        stored = _stored_parameters(init)
        parts = [value for name, value in bound.by_name.items() if name in stored]
        return instance | self._union(tuple(parts), scope, depth)

    def _initialiser(self, cls: ClassValue) -> Scope | None:
        for value in self._inference.member(cls, "__init__"):
            if isinstance(value, FunctionValue):
                return self._inference.scope(value)
        return None

    def _external(self, name: str, call: ir.Call, scope: Scope, depth: int) -> Values:
        last = name.rpartition(".")[2]
        arguments = tuple(all_arguments(call))
        if name in _GIVES_ITS_ARGUMENTS:
            return self._union(arguments, scope, depth)
        if builds_statement(name) or (last == "aliased" and name.startswith(_DATABASE)):
            asks = self._asked and last in ("select", "aliased")
            return self._entities(arguments, scope, depth) if asks else NOTHING
        if name in _APPLIES and arguments:
            return self._applied(arguments[0], arguments[1:], scope, depth)
        if name in ("typing.cast", "typing_extensions.cast") and len(arguments) == 2:
            return self._types.of(arguments[0], scope) | self.of(arguments[1], scope, depth - 1)
        if not isinstance(call.func, ir.Attr):
            return frozenset({ExternalInstance(name)})
        return self._method(call, call.func, arguments, scope, depth)

    def _method(
        self, call: ir.Call, func: ir.Attr, arguments: tuple[ir.Expr, ...], scope: Scope, depth: int
    ) -> Values:
        """A method of another package: of a session, a result, a statement or a container."""
        found: set[Value] = set()
        if func.name in ("run_sync", "run_in_executor") and arguments:
            start = 1 if func.name == "run_in_executor" and len(arguments) > 1 else 0
            return self._applied(arguments[start], arguments[start + 1 :], scope, depth)
        if func.name in _RUNS:
            found |= self._running._entities(arguments, scope, depth)
        elif func.name in _ADDS:
            found |= self._entities(arguments, scope, depth) if self._asked else NOTHING
        elif func.name in ("get", "pop", "setdefault"):
            found |= self._union(arguments[1:], scope, depth)
        if func.name in _HANDS_ON:
            found |= self.of(func.value, scope, depth - 1)
        return frozenset(found)

    def _unknown_callee(self, call: ir.Call, scope: Scope, depth: int) -> Values:
        found: set[Value] = {UNKNOWN}
        if isinstance(call.func, ir.Attr):
            found |= self._method(call, call.func, tuple(all_arguments(call)), scope, depth)
        return frozenset(found)

    def _entities(self, arguments: tuple[ir.Expr, ...], scope: Scope, depth: int) -> Values:
        """The rows a statement gives for what it is asked: a class stands for its instances, a column for a plain value."""
        found: set[Value] = set()
        for argument in arguments:
            if isinstance(argument, ir.Name | ir.Attr):
                classes = [v for v in self._inference.evaluate(argument, scope) if isinstance(v, ClassValue)]
                found |= {InstanceValue(v.module, v.qualname) for v in classes}
                if classes:
                    continue
                if isinstance(argument, ir.Attr) and self._is_class(argument.value, scope):
                    continue
            found |= self.of(argument, scope, depth - 1)
        return frozenset(found)

    def _is_class(self, expr: ir.Expr, scope: Scope) -> bool:
        return any(isinstance(v, ClassValue) for v in self._inference.evaluate(expr, scope))

    def _applied(self, function: ir.Expr, arguments: tuple[ir.Expr, ...], scope: Scope, depth: int) -> Values:
        given = [self.of(argument, scope, depth - 1) for argument in arguments]
        if isinstance(function, ir.Lambda):
            env = dict(self._env)
            for position, param in enumerate(function.params):
                env[param.name] = given[position] if position < len(given) else NOTHING
            return _Reading(self._origins, env, asked=self._asked, around=self._body).of(
                function.body, scope, depth - 1
            )
        found: set[Value] = set()
        for value in self._inference.evaluate(function, scope):
            target = self._inference.scope(value) if isinstance(value, FunctionValue) else None
            if isinstance(value, ClassValue):
                found |= {InstanceValue(value.module, value.qualname)}
            elif isinstance(value, FunctionValue) and target is not None:
                names = [p.name for p in target.params[1 if value.bound else 0 :]]
                # run_sync gives the session first; what is known of the rest follows.
                shift = max(0, min(len(names) - len(given), 1))
                env = dict(zip(names[shift:], given, strict=False))
                found |= self._origins.result(value, env, depth - 1)
            else:
                found.add(UNKNOWN)
        return frozenset(found)

    def _gone_through(self, target: ir.Expr, source: ir.Expr, scope: Scope, depth: int) -> dict[str, Values]:
        """What each name of a loop's target holds; of rows and pairs the part at its place, where the places are known."""
        parts = self._columns(source, scope, depth) if isinstance(target, ir.Seq) else None
        if parts is not None and isinstance(target, ir.Seq) and len(parts) == len(target.items):
            found: dict[str, Values] = {}
            for item, part in zip(target.items, parts, strict=True):
                found.update(dict.fromkeys(_names(item), part))
            return found
        return dict.fromkeys(_names(target), self.of(source, scope, depth))

    def _columns(self, source: ir.Expr, scope: Scope, depth: int) -> list[Values] | None:
        """What the places of the tuples in *source* hold: columns of a statement, ``enumerate``, ``zip``."""
        if depth <= 0:
            return None
        if isinstance(source, ir.Await):
            return self._columns(source.value, scope, depth - 1)
        if isinstance(source, ir.Name) and source.id not in self._env:
            value = scope.names.only(source.id)
            return None if value is None else self._columns(value, scope, depth - 1)
        if not isinstance(source, ir.Call) or any(arg.star or arg.keyword for arg in source.args):
            inner = _chained(source)
            return None if inner is None else self._columns(inner, scope, depth - 1)
        names = {v.name for v in self._inference.callees(source, scope) if isinstance(v, ExternalValue)}
        arguments = tuple(all_arguments(source))
        if "builtins.enumerate" in names and arguments:
            return [NOTHING, self.of(arguments[0], scope, depth - 1)]
        if "builtins.zip" in names:
            return [self.of(argument, scope, depth - 1) for argument in arguments]
        if any(builds_statement(name) and name.endswith("select") for name in names):
            return [self._running._entities((argument,), scope, depth - 1) for argument in arguments]
        if isinstance(source.func, ir.Attr) and source.func.name in ("execute", "stream") and arguments:
            return self._columns(arguments[0], scope, depth - 1)
        inner = _chained(source)
        return None if inner is None else self._columns(inner, scope, depth - 1)

    def _comprehension(self, expr: ir.Comp, scope: Scope, depth: int) -> Values:
        env = dict(self._env)
        reading: _Reading = self
        for clause in expr.clauses:
            env = {**env, **reading._gone_through(clause.target, clause.iter, scope, depth - 1)}
            reading = _Reading(self._origins, env, asked=self._asked, around=self._body)
        value = NOTHING if expr.value is None else reading.of(expr.value, scope, depth - 1)
        return value | reading.of(expr.elt, scope, depth - 1)


def _chained(expr: ir.Expr) -> ir.Expr | None:
    """What *expr* calls a method on that leaves the columns of a statement or a result as they are; None for anything else."""
    if not isinstance(expr, ir.Call) or not isinstance(expr.func, ir.Attr):
        return None
    name = expr.func.name
    keeps = name in _HANDS_ON and name not in (
        *_ADDS,
        "execute",
        "scalar",
        "scalars",
        "items",
        "get",
        "values",
    )
    return expr.func.value if keeps else None


def _names(target: ir.Expr) -> list[str]:
    if isinstance(target, ir.Name):
        return [target.id]
    if isinstance(target, ir.Seq):
        return [name for item in target.items for name in _names(item)]
    return _names(target.value) if isinstance(target, ir.Star) else []


def _put_into(name: str, scope: Scope) -> list[ir.Expr]:
    """What code puts into the container bound to *name*: ``name.append(x)``, ``name[key] = x``, ``name += x``."""
    target = ir.Name(name)
    found: list[ir.Expr] = []
    for node in own_nodes(scope.body):
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Attr):
            holder: ir.Expr = node.func.value
            if isinstance(holder, ir.Call) and isinstance(holder.func, ir.Attr):
                holder = holder.func.value  # groups.setdefault(key, []).append(row)
            if isinstance(holder, ir.Subscript):
                holder = holder.value
            if holder == target and node.func.name in _FILLS:
                found += all_arguments(node)
        elif isinstance(node, ir.Assign) and any(
            isinstance(t, ir.Subscript | ir.Attr) and t.value == target for t in node.targets
        ):
            found.append(node.value)
    return found


def _stored_parameters(init: Scope) -> set[str]:
    """The parameters whose value an ``__init__`` puts into an attribute, or hands to one above."""
    stored: set[str] = set()
    for node in walk_own(init.body):
        targets: tuple[ir.Expr, ...] = ()
        if isinstance(node, ir.Assign):
            targets = node.targets
        elif isinstance(node, ir.AnnAssign):
            targets = (node.target,)
        if any(isinstance(target, ir.Attr) for target in targets):
            stored |= _whole_names(node.value)
        elif (
            isinstance(node, ir.Call)
            and isinstance(node.func, ir.Attr)
            and node.func.name in ("__init__", "__setattr__")
        ):
            stored |= {a.value.id for a in node.args if isinstance(a.value, ir.Name)}
    return stored


def _whole_names(value: ir.Expr | None) -> set[str]:
    """The names whose very value an expression gives or wraps: ``x``, ``x or []``, ``list(x)``, ``[x]``."""
    if isinstance(value, ir.Name):
        return {value.id}
    if isinstance(value, ir.BoolOp):
        return _whole_names(value.left) | _whole_names(value.right)
    if isinstance(value, ir.IfExp):
        return _whole_names(value.body) | _whole_names(value.orelse)
    if isinstance(value, ir.Seq):
        return set().union(*(_whole_names(item) for item in value.items))
    if (
        isinstance(value, ir.Call)
        and isinstance(value.func, ir.Name)
        and f"builtins.{value.func.id}" in _GIVES_ITS_ARGUMENTS
    ):
        return set().union(*(_whole_names(argument) for argument in all_arguments(value)))
    return set()


def _is_stub(scope: Scope) -> bool:
    """Whether a function has no body of its own: a protocol's or an abstract method."""
    return scope.decorated("abstractmethod") or all(
        isinstance(s, ir.ExprStmt) and isinstance(s.value, ir.Str | ir.Const) for s in scope.body
    )
