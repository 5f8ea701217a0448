"""Accesses as a body of code makes them: by whom, where, and under which name at top level."""

from __future__ import annotations

from typing import Any

from archwright.facts import ir
from archwright.facts.walk import children
from archwright.model import Location
from archwright.project.code import Scope
from archwright.project.storage.access import Access
from archwright.project.storage.escaping import escaping_calls
from archwright.project.storage.sqltext import Touch
from archwright.project.storage.tabletargets import Target
from archwright.project.types.inference import Inference


class Recorder:
    """Makes the accesses of one scope, or of one top-level statement."""

    def __init__(self, inference: Inference, scope: Scope, variable: str, body: tuple[ir.Stmt, ...]) -> None:
        self._inference = inference
        self._scope = scope
        self._variable = variable
        self._body = body
        self._escaping: set[int] | None = None
        self._places: dict[int, ir.Span] | None = None

    def access(
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
        """What *verb* does to columns of a table."""
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

    def doubtful(self, verb: str, what: str, at: ir.Span) -> Access:
        """An access of which it cannot be told *what*."""
        return Access(
            verb, None, (), False, self._owner, self._scope.module, self._at(at), what, (), self._variable
        )

    def touched(self, touch: Touch, at: ir.Span) -> Access:
        """What a statement written as text does."""
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

    def nearest(self, node: ir.Attr) -> ir.Span:
        """The place of the innermost call or statement around an attribute, which has none of its own."""
        if self._places is None:
            self._places = _places(self._body)
        return self._places.get(id(node), (1, 1, 0, 0))

    def escapes(self, call: ir.Call) -> bool:
        """Whether a new row leaves the hands of the code that makes it: is passed on, returned or kept."""
        if self._scope.kind != "function":
            return True
        if self._escaping is None:
            self._escaping = set(escaping_calls(self._body, self._inference, self._scope))
        return id(call) in self._escaping

    @property
    def _owner(self) -> str:
        return self._scope.qualified.split("#")[0]

    def _at(self, span: ir.Span) -> Location:
        return self._inference.project.at(self._scope.module, span)


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
