"""The ways exceptions and jumps take through the constructs around them: handlers, ``finally`` blocks and ``with`` exits."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from archwright.facts import ir
from archwright.project.control_flow.cfg import NOWHERE, Edge, Ends, Frame, Node

Catches = Callable[[tuple[ir.Expr, ...], str], str]
"""Whether handler types catch an exception class: ``yes``, ``no`` or ``maybe``."""
Suppresses = Callable[[ir.WithItem], str]
"""Whether a context manager swallows exceptions: ``yes``, ``no`` or ``maybe``; ``yes`` still depends on the type."""
TypeOf = Callable[[ir.Expr | None], str]
IsFalse = Callable[[ir.Expr], bool]
"""Whether a name is known to be false on every run, as ``typing.TYPE_CHECKING`` is."""

UNKNOWN_EXCEPTION = ""


class Routing(ABC):
    """Steps and the ways between them; what statements and expressions become is built on it."""

    def __init__(self, catches: Catches, suppresses: Suppresses, type_of: TypeOf) -> None:
        self._catches = catches
        self._suppresses = suppresses
        self._type_of = type_of
        self._frame: Frame | None = None
        self.nodes: list[Node] = []
        self.entry = self._node("entry", NOWHERE)
        self.exit = self._node("exit", NOWHERE)
        self.raised = self._node("raised", NOWHERE)

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

    @abstractmethod
    def _block(self, body: Sequence[ir.Stmt], ends: Ends) -> Ends:
        """The steps of *body*, begun at *ends*."""

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
