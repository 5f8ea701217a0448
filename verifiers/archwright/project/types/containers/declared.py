"""Containers as annotations declare them: generics, typed dictionaries, named tuples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.types.annotations import (
    CALLABLES,
    HOLDERS,
    ITERATED,
    LAST_ARGUMENT,
    MAPPINGS,
    SEQUENCES,
    TRANSPARENT,
    TUPLES,
    UNIONS,
    parse_annotation,
)
from archwright.project.types.containers.things import (
    UNTOLD,
    Anything,
    Declared,
    Gives,
    Mapping,
    Row,
    Several,
    Thing,
    Things,
)
from archwright.project.types.values import ClassValue, external_names

if TYPE_CHECKING:
    from archwright.project.types.containers.containers import Containers
    from archwright.project.types.inference import Inference


class DeclaredContainers:
    """Follows annotations."""

    def __init__(self, containers: Containers, inference: Inference) -> None:
        self._containers = containers
        self._inference = inference

    def opened(self, annotation: ir.Expr, scope: Scope, depth: int) -> Things:
        """What *annotation* admits, as rows, sequences and mappings."""
        if depth <= 0:
            self._inference.cuts += 1
            return UNTOLD
        if isinstance(annotation, ir.Str):
            parsed = parse_annotation(annotation.value)
            return UNTOLD if parsed is None else self.opened(parsed, scope, depth - 1)
        if isinstance(annotation, ir.Const):
            return () if annotation.text == "None" else UNTOLD
        if isinstance(annotation, ir.BinOp) and annotation.op == "|":
            return self._containers.opened(
                (Declared(annotation.left, scope), Declared(annotation.right, scope)), depth
            )
        if isinstance(annotation, ir.Subscript):
            return self._generic(annotation, scope, depth)
        return self._record(annotation, scope, depth)

    def _generic(self, annotation: ir.Subscript, scope: Scope, depth: int) -> Things:
        names = external_names(self._inference.evaluate(annotation.value, scope, depth - 1))
        inner = tuple(Declared(item, scope) for item in annotation.index)
        if names & TRANSPARENT:
            return self._containers.opened(inner[:1], depth)
        if names & UNIONS:
            return self._containers.opened(inner, depth)
        if names & LAST_ARGUMENT:
            return self._containers.opened(inner[-1:], depth)
        if names & TUPLES:
            if len(inner) == 2 and inner[1].expr == ir.Const("..."):
                return (Several(inner[:1]),)
            return (Row(tuple((item,) for item in inner)),)
        if names & MAPPINGS and len(inner) == 2:
            return (Mapping(inner[:1], inner[1:]),)
        if names & CALLABLES:
            return (Gives(inner[-1:]),)
        if names & (SEQUENCES | ITERATED | HOLDERS):
            return (Several(inner[:1]),)
        return UNTOLD

    def _record(self, annotation: ir.Expr, scope: Scope, depth: int) -> Things:
        """The fields of a ``TypedDict`` or a ``NamedTuple``; an alias as what it stands for."""
        found: list[Thing] = []
        for value in self._inference.evaluate(annotation, scope, depth - 1):
            if isinstance(value, ClassValue):
                lineage = self._inference.classes.lineage(value.qualified)
                body = self._inference.scope(value)
                fields = _fields(body) if body is not None else []
                if any(base.endswith(".TypedDict") for base in lineage):
                    found.append(Mapping(UNTOLD, (), tuple(fields)))
                    continue
                if any(base.endswith(".NamedTuple") for base in lineage):
                    found.append(Row(tuple(things for _, things in fields)))
                    continue
            found.append(Anything())
        if isinstance(annotation, ir.Name):
            alias = scope
            while alias.parent is not None and annotation.id not in alias.names.bound:
                alias = alias.parent
            meant = alias.names.only(annotation.id)
            if isinstance(meant, ir.Subscript | ir.BinOp):
                return self.opened(meant, alias, depth - 1)
        return tuple(dict.fromkeys(found)) or UNTOLD


def _fields(body: Scope) -> list[tuple[str, Things]]:
    return [
        (name, (Declared(how.annotation, body),))
        for name, bindings in body.names.bound.items()
        for how in bindings[:1]
        if how.annotation is not None
    ]
