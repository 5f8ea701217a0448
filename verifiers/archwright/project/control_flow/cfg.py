"""Control-flow graphs of functions: branches, loops, ``with`` exits, ``try``/``except``/``finally`` and the edges exceptions take.

A node is one step that matters to a question about order: a call, an await, a test, an assignment, a raise. An edge is labelled
with how it is taken. Exceptions are routed by type where the type is known: to the handlers that may catch it, through
``finally`` blocks and ``with`` exits, and out of the function.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from archwright.facts import ir

NOWHERE: ir.Span = (0, 0, 0, 0)
Part = Literal["whole", "entered", "left"]
"""Of what a call runs: all of it; of a context manager, what runs on the way in, and on the way out without an exception."""
ANSWER = "<answer>"
"""The variable that a ``return`` gives its value to."""


@dataclass(slots=True, eq=False)
class Node:
    """A step.

    ``kind`` is one of: entry, exit, raised, call, await, yield, drained, test, assign, eval, raise, handler, enter, leave, join.
    """

    kind: str
    at: ir.Span
    frame: Frame | None
    """The innermost construct that sees an exception raised here."""
    expr: ir.Expr | None = None
    """call: the ``Call``; await: what is awaited; drained: what a loop has gone through to the end; test: the condition; assign:
    the value; raise: the exception; enter, leave: the context manager, on a ``leave`` that no exception causes."""
    targets: tuple[ir.Expr, ...] = ()
    """assign: what is assigned (or deleted, or bound by a loop, a ``with`` or a handler)."""
    awaited: bool = False
    """call: whether the call is awaited on the spot."""
    out: list[Edge] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Edge:
    """``label`` is one of: next, true, false, error."""

    to: Node
    label: str


@dataclass(slots=True, eq=False)
class Handler:
    """An ``except`` clause: what it catches, and where it begins."""

    types: tuple[ir.Expr, ...]
    """Empty for a bare ``except``."""
    entry: Node


@dataclass(slots=True, eq=False)
class Frame:
    """A construct that exceptions and jumps pass on their way out."""

    kind: str
    """``try``, ``finally``, ``with`` or ``loop``."""
    outer: Frame | None
    handlers: list[Handler] = field(default_factory=list)
    final: tuple[ir.Stmt, ...] = ()
    items: tuple[ir.WithItem, ...] = ()
    at: ir.Span = NOWHERE
    after: Node | None = None
    """with: where control goes when the manager swallows the exception; loop: behind the loop."""
    again: Node | None = None
    """loop: the next round."""
    routes: dict[object, Node] = field(default_factory=dict)


Ends = list[tuple[Node, str]]
"""Open ends: nodes whose next step is not built yet, with the label of the edge to it."""


@dataclass(slots=True, eq=False)
class Graph:
    """The control flow of one function body."""

    entry: Node
    exit: Node
    """Normal return."""
    raised: Node
    """An exception leaves the function."""
    nodes: list[Node]
