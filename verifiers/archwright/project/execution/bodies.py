"""What is known of the body of a function without following it."""

from __future__ import annotations

import msgspec

from archwright.facts import ir
from archwright.facts.walk import walk_own
from archwright.project.code import Scope


class BodyFacts(msgspec.Struct, frozen=True):
    """About one body."""

    yields: bool
    """Whether it is that of a generator."""
    nonlocals: tuple[str, ...]
    """The names it binds in the body around it."""


def body_facts(scope: Scope) -> BodyFacts:
    """Reads a body once."""
    nodes = list(walk_own(scope.body))
    declared = [node for node in nodes if isinstance(node, ir.ScopeDecl) and node.kind == "nonlocal"]
    names = tuple(name for node in declared for name in node.names)
    return BodyFacts(any(isinstance(node, ir.Yield) for node in nodes), names)
