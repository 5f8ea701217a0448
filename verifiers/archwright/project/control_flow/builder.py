"""Builds the control-flow graph of one function."""

from __future__ import annotations

from collections.abc import Sequence

from archwright.facts import ir
from archwright.project.control_flow.cfg import ANSWER, NOWHERE, Edge, Ends, Frame, Graph, Handler
from archwright.project.control_flow.expressions import Expressions, has_steps
from archwright.project.control_flow.routing import Catches, IsFalse, Suppresses, TypeOf

_NONE = ir.Const("None")


class GraphBuilder(Expressions):
    """One use per function. The graph can grow afterwards: ``route`` adds the way of an exception not routed before."""

    def __init__(
        self,
        body: Sequence[ir.Stmt],
        catches: Catches,
        suppresses: Suppresses,
        type_of: TypeOf,
        is_false: IsFalse,
    ) -> None:
        super().__init__(catches, suppresses, type_of, is_false)
        ends = self._block(body, [(self.entry, "next")])
        self._connect(self._answer(_NONE, ends, NOWHERE), self.exit)
        self.graph = Graph(self.entry, self.exit, self.raised, self.nodes)

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
        self._connect(self._block(s.orelse, self._drained(s.iter, [(head, "next")], s.at)), after)
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
                if handler.type is not None and has_steps(handler.type):
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


def _evaluated_at_definition(s: ir.FunctionDef | ir.ClassDef) -> list[ir.Expr]:
    """Decorators, default values and bases run where the definition stands."""
    if isinstance(s, ir.FunctionDef):
        return [*s.decorators, *(p.default for p in s.params if p.default is not None)]
    return [*s.decorators, *(arg.value for arg in s.bases)]
