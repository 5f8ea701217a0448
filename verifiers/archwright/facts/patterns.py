"""Patterns of match statements: the names they bind, what they compare with, and what they tell about types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import libcst as cst

from archwright.facts import ir
from archwright.facts.expressions import lower_expr
from archwright.facts.positions import Positions

_Told = dict[str, tuple[int, ...] | None]
"""By name, that of the subject being empty: the numbers of the class patterns one of which has matched it; None: not told."""


def lower_case(
    node: cst.MatchCase, body: tuple[ir.Stmt, ...], guard: ir.Expr | None, at: Positions
) -> ir.Case:
    """One case of a match statement, its guard and body given."""
    binds: list[str] = []
    _bind(node.pattern, binds)
    irrefutable = isinstance(node.pattern, cst.MatchAs) and node.pattern.pattern is None and guard is None
    reader = _Reader(at)
    told = reader.read(node.pattern)
    tells = tuple(ir.Tell(name, which) for name, which in told.items() if which)
    return ir.Case(tuple(binds), guard, irrefutable, body, tuple(reader.classes), tells, tuple(reader.values))


def _bind(node: Any, into: list[str]) -> None:
    if isinstance(node, cst.MatchAs | cst.MatchStar) and node.name is not None:
        into.append(node.name.value)
    if isinstance(node, cst.MatchMapping) and node.rest is not None:
        into.append(node.rest.value)
    for part in _parts(node):
        _bind(part, into)


class _Reader:
    """Collects the classes and values of one pattern."""

    def __init__(self, at: Positions) -> None:
        self._at = at
        self.classes: list[ir.ClassPattern] = []
        self.values: list[ir.Expr] = []

    def read(self, node: Any) -> _Told:
        """What the pattern *node* tells when it has matched."""
        if isinstance(node, cst.MatchClass):
            number = len(self.classes)
            keywords = tuple(keyword.key.value for keyword in node.kwds)
            cls = lower_expr(node.cls, self._at)
            self.classes.append(ir.ClassPattern(cls, len(node.patterns), keywords))
            return {**self._inside(node), "": (number,)}
        if isinstance(node, cst.MatchAs):
            told: _Told = {} if node.pattern is None else self.read(node.pattern)
            return told if node.name is None else {**told, node.name.value: told.get("")}
        if isinstance(node, cst.MatchOr):
            return _either([self.read(alternative.pattern) for alternative in node.patterns])
        if isinstance(node, cst.MatchValue):
            self.values.append(lower_expr(node.value, self._at))
        if isinstance(node, cst.MatchMapping):
            self.values += (lower_expr(element.key, self._at) for element in node.elements)
        return self._inside(node)

    def _inside(self, node: Any) -> _Told:
        """What the parts of a pattern tell: nothing about the subject itself."""
        return {name: which for part in _parts(node) for name, which in self.read(part).items() if name}


def _either(alternatives: Iterable[_Told]) -> _Told:
    found: _Told = {}
    every = list(alternatives)
    for name in dict.fromkeys(name for told in every for name in told):
        parts = [told.get(name) for told in every]
        whole = all(part is not None for part in parts)
        found[name] = (
            tuple(number for part in parts if part is not None for number in part) if whole else None
        )
    return found


def _parts(node: Any) -> Iterable[Any]:
    return (child for child in node.children if isinstance(child, _PATTERN_PARTS))


_PATTERN_PARTS = (
    cst.MatchPattern,
    cst.MatchSequenceElement,
    cst.MatchMappingElement,
    cst.MatchKeywordElement,
    cst.MatchOrElement,
    cst.MatchStar,
)
