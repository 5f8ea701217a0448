"""Which atoms a step may change: those about what it assigns, and about the object whose method it calls."""

from __future__ import annotations

from collections.abc import Iterator, Set

from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.project.control_flow.cfg import Node
from archwright.project.flow.terms import Terms
from archwright.project.substitution import SELF


def target_paths(target: ir.Expr, terms: Terms) -> Iterator[str]:
    """The paths that an assignment to *target* writes."""
    if isinstance(target, ir.Seq):
        for item in target.items:
            yield from target_paths(item, terms)
    elif isinstance(target, ir.Star | ir.Subscript):
        yield from target_paths(target.value, terms)
    elif isinstance(target, ir.Name):
        yield terms.assigned(target.id)
    else:
        path = terms.path(target)
        if path is not None:
            yield path


def depends(atom: str, paths: Set[str], terms: Terms) -> bool:
    """Whether the truth of *atom* can change when one of *paths* is assigned."""
    return not terms.reads(atom).isdisjoint(paths)


def set_attribute(node: Node, terms: Terms) -> str | None:
    """The path that ``setattr(x, "name", value)`` writes; of an unknown name, all of x."""
    call = node.expr
    if node.kind != "call" or not isinstance(call, ir.Call) or len(call.args) < 2:
        return None
    if ir.dotted(call.func) not in ("setattr", "object.__setattr__"):
        return None
    path, name = terms.path(call.args[0].value), call.args[1].value
    return f"{path}.{name.value}" if path is not None and isinstance(name, ir.Str) else path


def changed_receiver(node: Node, terms: Terms) -> str | None:
    """The path whose method the node calls: ``report.artifact_paths.clear()`` may change ``report.artifact_paths``."""
    call = node.expr
    if node.kind == "call" and isinstance(call, ir.Call) and isinstance(call.func, ir.Attr):
        return terms.path(call.func.value)
    return None


def mutated(atom: str, receiver: str, terms: Terms) -> bool:
    """Whether a method call on *receiver* may change *atom*: only where the atom is about that very object's content."""
    expr = terms.atoms[atom]
    if receiver == SELF or receiver not in terms.reads(atom):
        return False
    if isinstance(expr, ir.Attr | ir.Name):
        return ir.dotted(expr) == receiver
    return any(ir.dotted(node) == receiver for node in walk(expr) if isinstance(node, ir.Attr | ir.Name))
