"""Builds the control-flow graph of one function."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from archwright.facts import ir
from archwright.facts.walk import children, walk
from archwright.project.cfg import ANSWER, NOWHERE, Edge, Ends, Frame, Graph, Handler, Node

Catches = Callable[[tuple[ir.Expr, ...], str], str]
"""Whether handler types catch an exception class: ``yes``, ``no`` or ``maybe``."""
Suppresses = Callable[[ir.WithItem], str]
"""Whether a context manager swallows exceptions: ``yes``, ``no`` or ``maybe``; ``yes`` still depends on the type."""
TypeOf = Callable[[ir.Expr | None], str]
IsFalse = Callable[[ir.Expr], bool]
"""Whether a name is known to be false on every run, as ``typing.TYPE_CHECKING`` is."""

UNKNOWN_EXCEPTION = ""
_NONE = ir.Const("None")
_OPERATION_ERRORS: dict[type, tuple[str, ...]] = {
    ir.Attr: ("builtins.AttributeError",),
    ir.BinOp: ("builtins.TypeError", "builtins.ZeroDivisionError"),
    ir.Subscript: ("builtins.KeyError", "builtins.IndexError", "builtins.TypeError"),
}
"""What plain operations raise; a property or an operator method that raises something else is not seen."""


class GraphBuilder:
    """One use per function. The graph can grow afterwards: ``route`` adds the way of an exception not routed before."""

    def __init__(
        self,
        body: Sequence[ir.Stmt],
        catches: Catches,
        suppresses: Suppresses,
        type_of: TypeOf,
        is_false: IsFalse,
    ) -> None:
        self._catches = catches
        self._suppresses = suppresses
        self._type_of = type_of
        self._is_false = is_false
        self._frame: Frame | None = None
        self.nodes: list[Node] = []
        self.entry = self._node("entry", NOWHERE)
        self.exit = self._node("exit", NOWHERE)
        self.raised = self._node("raised", NOWHERE)
        ends = self._block(body, [(self.entry, "next")])
        self._connect(self._answer(_NONE, ends, NOWHERE), self.exit)
        self.graph = Graph(self.entry, self.exit, self.raised, self.nodes)

    def route(self, frame: Frame | None, exception: str) -> Node:
        """The node at which an exception of class *exception*, raised inside *frame*, arrives first."""
        if frame is None:
            return self.raised
        key = ("error", exception)
        known = frame.routes.get(key)
        if known is not None:
            return known
        if frame.kind == "loop":
            return self.route(frame.outer, exception)
        arrival = self._node("join", frame.at, frame.outer)
        frame.routes[key] = arrival
        if frame.kind == "try":
            self._route_try(frame, arrival, exception)
        elif frame.kind == "finally":
            ends = self._detour(frame, [(arrival, "next")])
            self._connect(ends, self.route(frame.outer, exception))
        else:
            self._route_with(frame, arrival, exception)
        return arrival

    # --- plumbing ---

    def _node(self, kind: str, at: ir.Span, frame: Frame | None = None) -> Node:
        node = Node(kind, at, frame)
        self.nodes.append(node)
        return node

    def _step(self, kind: str, at: ir.Span, ends: Ends, raises: Sequence[str] = (UNKNOWN_EXCEPTION,)) -> Node:
        node = self._node(kind, at, self._frame)
        self._connect(ends, node)
        for exception in raises:
            node.out.append(Edge(self.route(self._frame, exception), "error"))
        return node

    @staticmethod
    def _connect(ends: Ends, to: Node) -> None:
        for node, label in ends:
            node.out.append(Edge(to, label))

    def _route_try(self, frame: Frame, arrival: Node, exception: str) -> None:
        for handler in frame.handlers:
            answer = self._catches(handler.types, exception)
            if answer != "no":
                arrival.out.append(Edge(handler.entry, "next"))
            if answer == "yes":
                return
        arrival.out.append(Edge(self.route(frame.outer, exception), "next"))

    def _route_with(self, frame: Frame, arrival: Node, exception: str) -> None:
        leave = self._node("leave", frame.at, frame.outer)
        arrival.out.append(Edge(leave, "next"))
        surely = False
        for item in frame.items:
            answer = self._suppresses(item)
            if answer == "no":
                continue
            types = tuple(arg.value for arg in item.expr.args) if isinstance(item.expr, ir.Call) else ()
            caught = self._catches(types, exception) if answer == "yes" and types else "maybe"
            if caught != "no" and frame.after is not None:
                leave.out.append(Edge(frame.after, "next"))
            surely = surely or caught == "yes"
        if not surely:
            leave.out.append(Edge(self.route(frame.outer, exception), "next"))

    def _detour(self, frame: Frame, ends: Ends) -> Ends:
        """A copy of a ``finally`` block for one way through it."""
        saved, self._frame = self._frame, frame.outer
        try:
            return self._block(frame.final, ends)
        finally:
            self._frame = saved

    def _jump(self, ends: Ends, key: str, stop: Frame | None, target: Node) -> None:
        """Leaves for *target* through every ``finally`` and ``with`` between here and *stop*."""
        frame = self._frame
        while frame is not None and frame is not stop:
            if frame.kind in ("finally", "with"):
                known = frame.routes.get((key, id(target)))
                if known is not None:
                    self._connect(ends, known)
                    return
                gate = self._node("leave" if frame.kind == "with" else "join", frame.at, frame.outer)
                frame.routes[(key, id(target))] = gate
                self._connect(ends, gate)
                ends = [(gate, "next")]
                if frame.kind == "finally":
                    ends = self._detour(frame, ends)
                else:
                    gate.expr = frame.items[0].expr
                    gate.out.append(Edge(self.route(frame.outer, UNKNOWN_EXCEPTION), "error"))
            frame = frame.outer
        self._connect(ends, target)

    # --- statements ---

    def _block(self, body: Sequence[ir.Stmt], ends: Ends) -> Ends:
        for statement in body:
            if not ends:
                break  # unreachable
            ends = self._statement(statement, ends)
        return ends

    def _statement(self, s: ir.Stmt, ends: Ends) -> Ends:
        match s:
            case ir.ExprStmt():
                return self._expr(s.value, ends, s.at)
            case ir.Assign():
                ends = self._expr(s.value, ends, s.at)
                return self._assign(s.targets, s.value, ends, s.at)
            case ir.AnnAssign():
                if s.value is None:
                    return ends
                ends = self._expr(s.value, ends, s.at)
                return self._assign((s.target,), s.value, ends, s.at)
            case ir.AugAssign():
                ends = self._expr(s.value, ends, s.at)
                return self._assign((s.target,), None, ends, s.at)
            case ir.Delete():
                return self._assign(s.targets, None, ends, s.at)
            case ir.Return():
                if s.value is not None:
                    ends = self._expr(s.value, ends, s.at)
                self._jump(self._answer(s.value or _NONE, ends, s.at), "return", None, self.exit)
                return []
            case ir.Raise():
                return self._raise(s, ends)
            case ir.Assert():
                # Assertions are compiled away under -O: what they check is not established.
                ends = [(self._step("eval", s.at, self._expr(s.test, ends, s.at)), "next")]
                return ends if s.msg is None else ends + self._expr(s.msg, ends, s.at)
            case ir.If():
                true, false = self._test(s.test, ends, s.at)
                return self._block(s.body, true) + self._block(s.orelse, false)
            case ir.While():
                return self._while(s, ends)
            case ir.For():
                return self._for(s, ends)
            case ir.Try():
                return self._try(s, ends)
            case ir.With():
                return self._with(s, ends)
            case ir.Match():
                return self._match(s, ends)
            case ir.Jump():
                return self._loop_jump(s, ends)
            case ir.FunctionDef() | ir.ClassDef():
                for part in _evaluated_at_definition(s):
                    ends = self._expr(part, ends, s.at)
                return self._assign((ir.Name(s.name),), None, ends, s.at)
            case ir.Import() | ir.ImportFrom():
                return [(self._step("eval", s.at, ends), "next")] if self._frame else ends
            case _:
                return ends

    def _assign(self, targets: tuple[ir.Expr, ...], value: ir.Expr | None, ends: Ends, at: ir.Span) -> Ends:
        for target in targets:
            if not isinstance(target, ir.Name):
                ends = self._expr(target, ends, at)
        pairs = _taken_apart(targets, value)
        if pairs:
            for target, part in pairs:
                ends = self._assign((target,), part, ends, at)
            return ends
        node = self._step("assign", at, ends, raises=())
        node.targets = targets
        node.expr = value
        return [(node, "next")]

    def _answer(self, value: ir.Expr, ends: Ends, at: ir.Span) -> Ends:
        """What the function returns is given a name of its own."""
        return self._assign((ir.Name(ANSWER),), value, ends, at) if ends else ends

    def _raise(self, s: ir.Raise, ends: Ends) -> Ends:
        kind = self._type_of(s.exc)
        if s.exc is not None:
            ends = self._expr(s.exc, ends, s.at)
            if kind and isinstance(s.exc, ir.Call):
                # ``raise ValueError(...)`` raises a ValueError, not whatever making one could raise.
                for made, _ in ends:
                    made.out = [edge for edge in made.out if edge.label != "error"]
        if s.cause is not None:
            ends = self._expr(s.cause, ends, s.at)
        node = self._step("raise", s.at, ends, raises=())
        node.expr = s.exc
        node.out.append(Edge(self.route(self._frame, kind), "error"))
        return []

    def _while(self, s: ir.While, ends: Ends) -> Ends:
        head = self._node("join", s.at, self._frame)
        after = self._node("join", s.at, self._frame)
        self._connect(ends, head)
        true, false = self._test(s.test, [(head, "next")], s.at)
        loop = Frame("loop", self._frame, at=s.at, after=after, again=head)
        self._frame = loop
        self._connect(self._block(s.body, true), head)
        self._frame = loop.outer
        self._connect(self._block(s.orelse, false), after)
        return [(after, "next")]

    def _for(self, s: ir.For, ends: Ends) -> Ends:
        ends = self._expr(s.iter, ends, s.at)
        head = self._step("eval", s.at, ends)
        after = self._node("join", s.at, self._frame)
        each: Ends = [(head, "next")]
        if not isinstance(s.target, ir.Name):
            each = self._expr(s.target, each, s.at)
        item = self._step("assign", s.at, each, raises=())
        item.targets = (s.target,)
        loop = Frame("loop", self._frame, at=s.at, after=after, again=head)
        self._frame = loop
        self._connect(self._block(s.body, [(item, "next")]), head)
        self._frame = loop.outer
        self._connect(self._block(s.orelse, [(head, "next")]), after)
        return [(after, "next")]

    def _loop_jump(self, s: ir.Jump, ends: Ends) -> Ends:
        loop = self._frame
        while loop is not None and loop.kind != "loop":
            loop = loop.outer
        if loop is not None and loop.after is not None and loop.again is not None:
            self._jump(ends, s.kind, loop, loop.after if s.kind == "break" else loop.again)
        return []

    def _try(self, s: ir.Try, ends: Ends) -> Ends:
        outer = self._frame
        if s.final:
            self._frame = Frame("finally", outer, final=s.final, at=s.at)
        guarded = self._frame
        after: Ends = []
        if s.handlers:
            frame = Frame("try", guarded, at=s.at)
            for handler in s.handlers:
                kinds: tuple[ir.Expr, ...] = ()
                if handler.type is not None:
                    kinds = handler.type.items if isinstance(handler.type, ir.Seq) else (handler.type,)
                entry = self._node("handler", handler.at, guarded)
                entry.targets = (ir.Name(handler.name),) if handler.name else ()
                frame.handlers.append(Handler(kinds, entry))
            self._frame = frame
            ends = self._block(s.body, ends)
            self._frame = guarded
            ends = self._block(s.orelse, ends)
            for handler, built in zip(s.handlers, frame.handlers, strict=True):
                begin: Ends = [(built.entry, "next")]
                if handler.type is not None and _has_steps(handler.type):
                    begin = self._expr(handler.type, begin, handler.at)
                after += self._block(handler.body, begin)
        else:
            ends = self._block(s.orelse, self._block(s.body, ends))
        ends = ends + after
        self._frame = outer
        if s.final and ends:
            ends = self._block(s.final, ends)
        return ends

    def _with(self, s: ir.With, ends: Ends) -> Ends:
        outer = self._frame
        after = self._node("join", s.at, outer)
        for item in s.items:
            ends = self._expr(item.expr, ends, s.at)
            enter = self._step("enter", s.at, ends)
            enter.expr = item.expr
            ends = [(enter, "next")]
            if item.target is not None:
                ends = self._assign((item.target,), None, ends, s.at)
            self._frame = Frame("with", self._frame, items=(item,), at=s.at, after=after)
        ends = self._block(s.body, ends)
        frame = self._frame
        while ends and frame is not None and frame is not outer:
            self._frame = frame.outer
            leave = self._step("leave", s.at, ends)
            leave.expr = frame.items[0].expr
            ends = [(leave, "next")]
            frame = frame.outer
        self._frame = outer
        self._connect(ends, after)
        return [(after, "next")]

    def _match(self, s: ir.Match, ends: Ends) -> Ends:
        ends = self._expr(s.subject, ends, s.at)
        after: Ends = []
        for case in s.cases:
            chosen = self._step("eval", s.at, ends)
            body: Ends = [(chosen, "next")]
            if case.binds:
                body = self._assign(tuple(ir.Name(name) for name in case.binds), None, body, s.at)
            rejected: Ends = []
            if case.guard is not None:
                body, rejected = self._test(case.guard, body, s.at)
            after += self._block(case.body, body)
            if case.irrefutable:
                return after
            ends = [(chosen, "next"), *rejected]
        return after + ends

    # --- expressions ---

    def _expr(self, e: ir.Expr, ends: Ends, at: ir.Span) -> Ends:
        """Evaluates *e* for its steps, in Python's order."""
        match e:
            case ir.Name() | ir.Str() | ir.Num() | ir.Const():
                return ends
            case ir.Lambda():
                for param in e.params:
                    if param.default is not None:
                        ends = self._expr(param.default, ends, at)
                return ends
            case ir.Await() if isinstance(e.value, ir.Call):
                return self._call(e.value, ends, awaited=True)
            case ir.Await():
                ends = self._expr(e.value, ends, at)
                node = self._step("await", e.at, ends)
                node.expr = e.value
                return [(node, "next")]
            case ir.Call():
                return self._call(e, ends, awaited=False)
            case ir.BoolOp() | ir.IfExp():
                if not _has_steps(e):
                    return ends
                if isinstance(e, ir.BoolOp):
                    true, false = self._test(e.left, ends, at)
                    more, done = (true, false) if e.op == "and" else (false, true)
                    return self._expr(e.right, more, at) + done
                true, false = self._test(e.test, ends, at)
                return self._expr(e.body, true, at) + self._expr(e.orelse, false, at)
            case ir.Comp():
                return self._comprehension(e, ends, at)
            case ir.Walrus():
                ends = self._expr(e.value, ends, at)
                return self._assign((e.target,), e.value, ends, at)
            case ir.Yield():
                if e.value is not None:
                    ends = self._expr(e.value, ends, at)
                return [(self._step("yield", at, ends), "next")]
            case _:
                return self._parts(e, ends, at)

    def _parts(self, e: ir.Expr, ends: Ends, at: ir.Span) -> Ends:
        for child in children(e):
            ends = self._expr(child, ends, at)
        raises = _OPERATION_ERRORS.get(type(e), ())
        if self._frame is not None and raises:
            # It only matters where something could catch it.
            ends = [(self._step("eval", at, ends, raises), "next")]
        return ends

    def _call(self, call: ir.Call, ends: Ends, *, awaited: bool) -> Ends:
        ends = self._expr(call.func, ends, call.at)
        for arg in call.args:
            ends = self._expr(arg.value, ends, call.at)
        node = self._step("call", call.at, ends)
        node.expr = call
        node.awaited = awaited
        return [(node, "next")]

    def _comprehension(self, e: ir.Comp, ends: Ends, at: ir.Span) -> Ends:
        ends = self._expr(e.clauses[0].iter, ends, at)
        if e.kind == "generator" or not _has_steps(e):
            return ends  # a generator runs later, if at all
        head = self._step("eval", at, ends)
        inner: Ends = [(head, "next")]
        for position, clause in enumerate(e.clauses):
            if position:
                inner = self._expr(clause.iter, inner, at)
            inner = self._assign((clause.target,), None, inner, at)
            for test in clause.ifs:
                inner, skipped = self._test(test, inner, at)
                self._connect(skipped, head)
        inner = self._expr(e.elt, inner, at)
        if e.value is not None:
            inner = self._expr(e.value, inner, at)
        self._connect(inner, head)
        return [(head, "next")]

    def _test(self, e: ir.Expr, ends: Ends, at: ir.Span) -> tuple[Ends, Ends]:
        """Evaluates *e* as a condition: open ends where it is true and where it is false."""
        if not ends:
            return [], []
        if isinstance(e, ir.Unary) and e.op == "not":
            true, false = self._test(e.operand, ends, at)
            return false, true
        if isinstance(e, ir.BoolOp):
            true, false = self._test(e.left, ends, at)
            if e.op == "and":
                both, second = self._test(e.right, true, at)
                return both, false + second
            second, neither = self._test(e.right, false, at)
            return true + second, neither
        constant = False if self._is_false(e) else _constant_truth(e)
        if constant is not None:
            return (ends, []) if constant else ([], ends)
        ends = self._expr(e, ends, at)
        node = self._step("test", at, ends, raises=())
        node.expr = e
        return [(node, "true")], [(node, "false")]


def _evaluated_at_definition(s: ir.FunctionDef | ir.ClassDef) -> list[ir.Expr]:
    """Decorators, default values and bases run where the definition stands."""
    if isinstance(s, ir.FunctionDef):
        return [*s.decorators, *(p.default for p in s.params if p.default is not None)]
    return [*s.decorators, *(arg.value for arg in s.bases)]


def _taken_apart(targets: tuple[ir.Expr, ...], value: ir.Expr | None) -> list[tuple[ir.Expr, ir.Expr]]:
    """``a, b = x, y`` as ``a = x`` and ``b = y``, where none of the values reads what is given to another."""
    if len(targets) != 1 or not isinstance(targets[0], ir.Seq) or not isinstance(value, ir.Seq):
        return []
    names, parts = targets[0].items, value.items
    given = {name.id for name in names if isinstance(name, ir.Name)}
    if len(given) != len(names) or len(names) != len(parts):
        return []
    read = {node.id for node in walk(value) if isinstance(node, ir.Name)}
    if given & read or any(isinstance(part, ir.Star) for part in parts):
        return []
    return list(zip(names, parts, strict=True))


def _has_steps(e: ir.Expr) -> bool:
    return any(isinstance(node, ir.Call | ir.Await | ir.Walrus | ir.Yield) for node in walk(e))


def _constant_truth(e: ir.Expr) -> bool | None:
    """The value of a condition that is the same on every run."""
    if isinstance(e, ir.Const):
        return {"True": True, "False": False, "None": False}.get(e.text)
    if isinstance(e, ir.Num):
        return e.text.strip("0xXbBoO_.jJ") != ""
    if isinstance(e, ir.Str):
        return bool(e.value)
    return None
