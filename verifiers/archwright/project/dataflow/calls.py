"""Calls: arguments bound to parameters, bodies followed, objects constructed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.dataflow.frame import Frame
from archwright.project.dataflow.reach import any_carries, carries
from archwright.project.dataflow.state import State, WatchedStore, join_stores
from archwright.project.dataflow.trace import Chain, Escape, Passing, Rejection
from archwright.project.dataflow.values import (
    Args,
    Atom,
    Bound,
    Cell,
    Closure,
    Const,
    Known,
    Made,
    Method,
    Object,
    Partial,
    Ref,
    Sequence,
    Unknown,
    Values,
    union,
)
from archwright.project.values import ClassValue, ExternalInstance, ExternalValue, FunctionValue

if TYPE_CHECKING:
    from archwright.project.dataflow.machine import Machine

_DEPTH = 48
_RECURSIONS = 2
_CALLEES = 16
_FIELD_MAKERS = frozenset({"Field", "field", "Factory"})


class Calls:
    """Follows calls."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def call(self, function: Values, given: tuple[Values, ...], frame: Frame, at: ir.Span) -> Values:
        """Calls *function* with positional arguments."""
        return self.call_with(function, Args(given), frame, at)

    def call_with(self, function: Values, args: Args, frame: Frame, at: ir.Span) -> Values:
        """What calling any of *function* gives; each is tried on the state as it is now."""
        callees = [atom for atom in function if not self._is_stub(atom)] or list(function)
        if len(callees) == 1:
            return self._call(callees[0], args, frame, at)
        found: Values = ()
        before = frame.store
        after: dict[int, Cell] = {}
        own = WatchedStore(before)
        unchanged = False
        for atom in callees[:_CALLEES]:
            frame.state.store = own
            found = union(found, self._call(atom, args, frame, at))
            if frame.store is own and not own.changed:
                unchanged = True  # most are of libraries: nothing to join, and the next one may have the copy
                continue
            join_stores(after, frame.store)
            own = WatchedStore(before)
        if unchanged:
            join_stores(after, before)
        frame.state.store = after
        if len(callees) > _CALLEES:
            found = union(found, (Unknown("one of many functions"),))
        return found

    def follow(self, function: FunctionValue, args: Args, frame: Frame, at: ir.Span) -> Values:
        """What a function of this code base gives for *args*."""
        self._machine.trace.followed.add((frame.scope.module, at))
        replaced = self._machine.replace(function, args, frame)
        if replaced is not None:
            return replaced
        scope = self._machine.inference.scope(function)
        if scope is None or not isinstance(scope.node, ir.FunctionDef):
            return (Unknown(f"`{function.qualified}`"),)
        return self._enter(function, scope, scope.params, scope.body, {}, args, frame, at)

    # --- what is called ---

    def _call(self, atom: Atom, args: Args, frame: Frame, at: ir.Span) -> Values:
        if isinstance(atom, Known):
            value = atom.value
            if isinstance(value, FunctionValue):
                return self.follow(value, args, frame, at)
            if isinstance(value, ClassValue):
                self._machine.trace.followed.add((frame.scope.module, at))
                return self._construct(value, args, frame, at)
            if isinstance(value, ExternalValue):
                return self._machine.library.function(value.name, args, frame, at)
            if isinstance(value, ExternalInstance):
                made = Made(f"{value.name}.__call__", (atom,), None, False, frame.scope.module, at)
                return self._machine.library.made(made, args, frame, at)
        if isinstance(atom, Bound):
            if atom.function.bound:
                args = args.behind((atom.receiver,))
            return self.follow(atom.function, args, frame, at)
        if isinstance(atom, Closure):
            self._machine.trace.followed.add((frame.scope.module, at))
            return self._call_closure(atom, args, frame, at)
        if isinstance(atom, Partial):
            given = atom.given
            merged = Args(
                (*given.positional, *args.positional),
                {**given.keywords, **args.keywords},
                union(given.star, args.star),
                union(given.rest, args.rest),
                (*given.further, *args.further),
            )
            return self.call_with(atom.function, merged, frame, at)
        if isinstance(atom, Method):
            return self._machine.library.method(atom, args.all()[: len(args.positional)], frame, args)
        if isinstance(atom, Made):
            return self._machine.library.made(atom, args, frame, at)
        if isinstance(atom, Ref):
            cell = self._machine.cell(atom, frame)
            if isinstance(cell, Object):
                target = self._machine.objects.attribute(atom, "__call__", frame)
                if not any(isinstance(t, Ref | Unknown) for t in target):
                    return self.call_with(target, args, frame, at)
        self._escaped(atom, args, frame, at)
        self._machine.library.call_back(args, frame, at)
        return (Made("?.__call__", (atom,), args, True, frame.scope.module, at),)

    def _escaped(self, atom: Atom, args: Args, frame: Frame, at: ir.Span) -> None:
        if isinstance(atom, Unknown) and any_carries(args, frame.store):
            self._machine.trace.escapes.append(Escape(atom.why, frame.chain, at))

    def _call_closure(self, closure: Closure, args: Args, frame: Frame, at: ir.Span) -> Values:
        if isinstance(closure.body, tuple):
            function = FunctionValue(closure.inner.module, closure.inner.qualname)
            return self._enter(
                function, closure.inner, closure.params, closure.body, closure.names, args, frame, at
            )
        names, _ = self._bind(closure.params, args, closure.scope, frame)
        inner = Frame(closure.scope, State(names, frame.store), frame.chain, closure.names, frame.at)
        result = self._machine.expressions.evaluate(closure.body, inner)
        frame.state.store = inner.store
        return result

    def _enter(
        self,
        function: FunctionValue,
        scope: Scope,
        params: tuple[ir.Param, ...],
        body: tuple[ir.Stmt, ...],
        outer: Mapping[str, Values],
        args: Args,
        frame: Frame,
        at: ir.Span,
    ) -> Values:
        key = (scope.module, scope.qualname)
        chain = Chain(key, frame.chain, at, frame.guessing or frame.chain.guessed)
        trace = self._machine.trace
        names, problem = self._bind(params, args, scope, frame)
        if problem:
            given = any_carries(args, frame.store)
            trace.rejections.append(Rejection(function, problem, given, frame.chain, at))
            return ()
        trace.visited.setdefault(key, chain)
        carrying = tuple(name for name, value in names.items() if carries(value, frame.store))
        if carrying:
            trace.passings.append(Passing(function, carrying, chain))
        repeated = sum(hop.function == key for hop in chain.hops())
        if chain.depth > _DEPTH or repeated > _RECURSIONS or not self._machine.spend():
            return (Unknown(f"what `{function.qualified}` gives"),)
        if _is_empty(body):
            returns = scope.node.returns if isinstance(scope.node, ir.FunctionDef) else None
            declared = self._machine.inference.types(returns, scope)
            return self._machine.typed(declared, frame.store, Unknown(f"what `{function.qualified}` gives"))
        inner = Frame(scope, State(names, frame.store), chain, outer, at)
        result = self._machine.statements.finished(inner, self._machine.statements.block(body, inner))
        frame.state.store = inner.store
        return result

    def _is_stub(self, atom: Atom) -> bool:
        if not isinstance(atom, Bound):
            return False
        scope = self._machine.inference.scope(atom.function)
        return scope is not None and _is_empty(scope.body)

    # --- arguments ---

    def _bind(
        self, params: tuple[ir.Param, ...], args: Args, scope: Scope, frame: Frame
    ) -> tuple[dict[str, Values], str]:
        """The parameters' values, and what is wrong with the arguments; empty when they fit."""
        names: dict[str, Values] = {}
        keywords = dict(args.keywords)
        star = union(args.star, *args.further)
        positional = list(args.positional)
        takes_any = False
        missing: list[str] = []
        for param in params:
            if param.kind in ("posonly", "arg") and positional:
                names[param.name] = positional.pop(0)
                if param.kind == "arg" and param.name in keywords:
                    return names, f"`{param.name}` is given twice"
            elif param.kind != "posonly" and param.kind in ("arg", "kwonly") and param.name in keywords:
                names[param.name] = keywords.pop(param.name)
            elif param.kind == "vararg":
                cell = Sequence("tuple", (*positional, *args.further), args.star)
                names[param.name] = (self._machine.new_cell(cell, frame.store),)
                positional = []
            elif param.kind == "kwarg":
                takes_any = True
                entries = {Const("str", name): value for name, value in keywords.items()}
                names[param.name] = (self._machine.objects.table(entries, args.rest, frame.store),)
                keywords = {}
            else:
                open_ended = args.rest if param.kind == "kwonly" else union(star, args.rest)
                default = self._default(param, scope, frame)
                names[param.name] = union(open_ended, default)
                if not names[param.name]:
                    missing.append(param.name)
        if positional:
            return names, "there are too many positional arguments"
        if keywords and not takes_any:
            return names, f"there is no parameter `{next(iter(keywords))}`"
        if missing:
            return names, f"`{missing[0]}` is not given"
        return names, ""

    def _default(self, param: ir.Param, scope: Scope, frame: Frame) -> Values:
        if param.default is None:
            return ()
        parent = scope.parent or scope
        inner = Frame(parent, State({}, frame.store), frame.chain, at=frame.at)
        return self._machine.expressions.evaluate(param.default, inner)

    # --- objects ---

    def _construct(self, cls: ClassValue, args: Args, frame: Frame, at: ir.Span) -> Values:
        facts = self._machine.objects.facts
        if facts.descends_from(cls.qualified, "Enum", "IntEnum", "StrEnum", "Flag"):
            return (Made(cls.qualified, (), args, True, frame.scope.module, at),)
        ref = self._machine.new_cell(Object(cls, {}, True), frame.store)
        self._machine.trace.constructed[ref.cell] = (frame.chain, at)
        constructor = facts.constructor(cls.qualified)
        if constructor is not None:
            target = FunctionValue(constructor.module, constructor.qualname, True, cls.qualified)
            given = args.behind((ref,))
            before = len(self._machine.trace.rejections)
            self.follow(target, given, frame, at)
            return () if len(self._machine.trace.rejections) > before else (ref,)
        declared = facts.fields(cls.qualified)
        body = facts.body(cls.qualified)
        strict = body is not None and body.decorated("dataclass")
        unknown = [name for name in args.keywords if name not in declared]
        if strict and unknown and not args.rest:
            target = FunctionValue(cls.module, f"{cls.qualname}.__init__", True)
            problem = f"there is no field `{unknown[0]}`"
            carried = any_carries(args, frame.store)
            self._machine.trace.rejections.append(Rejection(target, problem, carried, frame.chain, at))
            return ()
        fields = dict(zip(declared, args.positional, strict=False)) | dict(args.keywords)
        mapped = self._machine.models.of(cls.qualified) is not None
        for name, (statement, where) in declared.items():
            if mapped and name not in fields:
                # What a row is not given, the database or the mapping fills in.
                if args.rest:
                    fields[name] = args.rest
            elif name not in fields:
                default = self._field_default(statement.value, where, frame)
                fields[name] = union(args.star, args.rest, default) or (Unknown(f"field `{name}`"),)
        if not declared and (args.positional or args.star):
            fields["args"] = (
                self._machine.objects.sequence("tuple", args.positional, args.star, frame.store),
            )
        frame.store[ref.cell] = Object(cls, fields, True)
        finish = facts.member(cls.qualified, "__post_init__")
        if isinstance(finish, Scope):
            target = FunctionValue(finish.module, finish.qualname, True, cls.qualified)
            self.follow(target, Args(((ref,),)), frame, at)
        return (ref,)

    def _field_default(self, value: ir.Expr | None, where: Scope, frame: Frame) -> Values:
        if value is None:
            return ()
        inner = Frame(where, State({}, frame.store), frame.chain, at=frame.at)
        if isinstance(value, ir.Call) and (ir.dotted(value.func) or "").rpartition(".")[2] in _FIELD_MAKERS:
            for arg in value.args:
                if arg.keyword == "default":
                    return self._machine.expressions.evaluate(arg.value, inner)
                if arg.keyword in ("default_factory", "factory"):
                    made = self._machine.expressions.evaluate(arg.value, inner)
                    return self.call(made, (), inner, frame.at)
            return ()
        return self._machine.expressions.evaluate(value, inner)


def _is_empty(body: tuple[ir.Stmt, ...]) -> bool:
    """Whether a body only says what an implementation would do."""
    for statement in body:
        if isinstance(statement, ir.ExprStmt) and isinstance(statement.value, ir.Str | ir.Const):
            continue
        if isinstance(statement, ir.Raise):
            exc = statement.exc.func if isinstance(statement.exc, ir.Call) else statement.exc
            if exc is not None and ir.dotted(exc) == "NotImplementedError":
                continue
        return False
    return any(not (isinstance(s, ir.ExprStmt) and isinstance(s.value, ir.Str)) for s in body)
