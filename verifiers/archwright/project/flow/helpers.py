"""What helpers do to the states of whoever calls them: the ways through them, from entry to normal return."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.project.code import Scope
from archwright.project.control_flow.cfg import Part
from archwright.project.flow.operations import Drop, Free, InTurn, Operation, Through
from archwright.project.flow.touching import depends
from archwright.project.flow.translation import rebinds, renaming, to_callee
from archwright.project.substitution import GLOBAL, bind_arguments
from archwright.project.types.values import FunctionValue

if TYPE_CHECKING:
    from archwright.project.flow.tracking import Tracking

_MOST_CARRIED = 4
"""Conditions followed into a helper; what it does to others that it may touch is left open."""


def passages(
    tracking: Tracking,
    call: ir.Call,
    functions: Sequence[FunctionValue],
    answer: str = "",
    part: Part = "whole",
) -> tuple[Operation, ...] | None:
    """The ways through the functions *call* may enter; None where one is not known.

    *answer*: the atom that what they return is for; empty where nobody looks at it. *part*: the part of them that runs.
    """
    found: list[Operation] = []
    for value in functions:
        inner = tracking.body.engine.inference.scope(value)
        way = None if inner is None else _passage(tracking, call, inner, value, answer, part)
        if way is None:
            return None
        found.append(way)
    return tuple(found)


def _passage(
    tracking: Tracking, call: ir.Call, inner: Scope, value: FunctionValue, answer: str, part: Part
) -> Operation | None:
    body, space = tracking.body, tracking.space
    carried: list[tuple[int, ir.Expr]] = []
    lost: list[str] = []
    if tracking.bits:
        lost = _lost(tracking, call, inner, value)
        renamed = renaming(call, inner, value, body.terms)
    for key, bit in tracking.bits.items():
        if key == answer or key in lost:
            continue
        said = to_callee(body.terms.atoms[key], renamed)
        if said is None or not body.engine.mentions(value, _telling_words(said, inner)):
            continue
        if len(carried) < _MOST_CARRIED:
            carried.append((bit, said))
        else:
            lost.append(key)
    conditions = tuple(said for _, said in carried)
    table = body.engine.summary(
        inner, conditions, body.events, body.optimistic, body.depth + 1, answered=bool(answer), part=part
    )
    if table is None:
        # A recursion: what it completes is not counted on, what it may touch is left open. An optimistic search takes it
        # to do nothing, so that what hangs on it alone cannot be told.
        touched = [tracking.bits[key] for key in (*lost, *((answer,) if answer else ()))]
        touched += [bit for bit, _ in carried]
        return None if body.optimistic else InTurn(tuple(Free(space, bit) for bit in touched))
    bits = [bit for bit, _ in carried] + ([tracking.bits[answer]] if answer else [])
    parts: list[Operation] = [Drop(space, bits[-1])] if answer else []
    parts.append(Through(space, bits, tracking.events, table))
    parts += [Free(space, tracking.bits[key]) for key in lost]
    return InTurn(tuple(parts))


def _lost(tracking: Tracking, call: ir.Call, inner: Scope, value: FunctionValue) -> list[str]:
    """Atoms on the parts of an object whose parameter *inner* rebinds: it may change them before it does."""
    terms = tracking.body.terms
    roots = {
        path
        for name, argument in bind_arguments(call, inner, value).items()
        if argument is not None and rebinds(inner, name) and (path := terms.path(argument)) is not None
    }
    return [
        key
        for key in tracking.bits
        if depends(key, roots, terms) and ir.dotted(terms.atoms[key]) not in roots
    ]


def _telling_words(condition: ir.Expr, inner: Scope) -> frozenset[str]:
    """Words one of which *inner*, or what it calls, has to mention to learn or to change anything about *condition*.

    Of a parameter's attribute that is the attribute; a variable from outside can be given another value by its name.
    """
    parameters = {param.name for param in inner.params}
    attributes: set[str] = set()
    names: set[str] = set()
    for node in walk(condition):
        if isinstance(node, ir.Attr):
            attributes.add(node.name)
        elif isinstance(node, ir.Name) and node.id not in parameters:
            names.add(node.id.removeprefix(GLOBAL).rpartition(".")[2])
    if not attributes:
        names.update(node.id for node in walk(condition) if isinstance(node, ir.Name))
    return frozenset({"setattr"} | attributes | names)
