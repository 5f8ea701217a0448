"""A contract's requirement as events, conditions and a truth table over them."""

from __future__ import annotations

from dataclasses import dataclass

from archwright.contracts.language import (
    AllOf,
    AnyOf,
    Completed,
    RaisesUnless,
    Requirement,
    Selector,
)
from archwright.facts import ir
from archwright.project.analysis import Analysis
from archwright.project.calls.selected import matching, word_patterns
from archwright.project.flow.demands import Event, Matcher
from archwright.project.types.values import Values


@dataclass(frozen=True, eq=False)
class Compiled:
    """A requirement ready for the flow analysis."""

    events: tuple[Event, ...]
    conditions: tuple[ir.Expr, ...]
    """For each guard the condition under which it raises, in the contract's words."""
    holds: frozenset[int]
    """Bits of events, then of conditions, for which the requirement holds."""
    wanted: str
    """The requirement in words, for messages."""


def compile_requirement(requirement: Requirement, analysis: Analysis) -> Compiled:
    """Collects the leaves of *requirement* and tabulates it."""
    leaves = _leaves(requirement)
    completions = [leaf for leaf in leaves if isinstance(leaf, Completed)]
    guards = [leaf for leaf in leaves if isinstance(leaf, RaisesUnless)]
    events = tuple(event_of(c.call) for c in completions)
    conditions = tuple(analysis.project.expression(g.condition.text) for g in guards)
    bit = {id(leaf): index for index, leaf in enumerate([*completions, *guards])}

    def evaluate(node: Requirement, bits: int) -> bool:
        if isinstance(node, AnyOf):
            return any(evaluate(item, bits) for item in node.items)
        if isinstance(node, AllOf):
            return all(evaluate(item, bits) for item in node.items)
        value = bool(bits >> bit[id(node)] & 1)
        return not value if isinstance(node, RaisesUnless) else value

    total = len(events) + len(conditions)
    holds = frozenset(bits for bits in range(1 << total) if evaluate(requirement, bits))
    return Compiled(events, conditions, holds, _words(requirement))


def event_of(call: Selector) -> Event:
    """The completion of a call that *call* means."""
    return Event(_matcher(call), word_patterns(call))


def has_guard(requirement: Requirement) -> bool:
    """Whether a guard is among the ways to meet *requirement*."""
    return any(isinstance(leaf, RaisesUnless) for leaf in _leaves(requirement))


def only_completions(requirement: Requirement) -> bool:
    """Whether *requirement* speaks of completed calls only."""
    return all(isinstance(leaf, Completed) for leaf in _leaves(requirement))


def selector_words(selector: Selector) -> str:
    """The calls a selector means, for messages."""
    names = [str(pattern) for pattern in selector.call]
    for part in (*selector.any_of, *selector.all_of):
        names.append(selector_words(part))
    return " or ".join(f"`{name}`" if "`" not in name else name for name in names) or "the call"


def _leaves(requirement: Requirement) -> list[Requirement]:
    if isinstance(requirement, AnyOf | AllOf):
        return [leaf for item in requirement.items for leaf in _leaves(item)]
    return [requirement]


def _matcher(selector: Selector) -> Matcher:
    def match(values: Values) -> tuple[bool, bool]:
        return matching(values, selector)

    return match


def _words(requirement: Requirement) -> str:
    if isinstance(requirement, AnyOf | AllOf):
        joint = " and no " if isinstance(requirement, AnyOf) else " or no "
        return joint.join(_words(item) for item in requirement.items)
    if isinstance(requirement, Completed):
        return f"completed {selector_words(requirement.call)}"
    if isinstance(requirement, RaisesUnless):
        return f'guard that raises unless "{requirement.description}"'
    return "evidence"
