"""Walking the intermediate representation without naming every field."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Any

import msgspec

from archwright.facts import ir


def children(node: Any) -> Iterator[Any]:
    """The direct child nodes of *node*, in field order."""
    for field in NODE_FIELDS[type(node)]:
        value = getattr(node, field)
        if value is None:
            continue
        if isinstance(value, tuple):
            for item in value:
                if item is not None:
                    yield item
        else:
            yield value


def walk(node: Any) -> Iterator[Any]:
    """*node* and everything below it, parents first, in source order."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        _push_children(current, stack)


def walk_own(body: tuple[ir.Stmt, ...]) -> Iterator[Any]:
    """Everything that runs as part of *body* itself: nested functions, classes and lambdas appear but are not entered."""
    stack: list[Any] = list(reversed(body))
    while stack:
        current: Any = stack.pop()
        yield current
        if type(current) in _DEFINING:
            stack.extend(reversed(evaluated_where_it_stands(current)))
        else:
            _push_children(current, stack)


def evaluated_where_it_stands(definition: ir.FunctionDef | ir.ClassDef | ir.Lambda) -> list[Any]:
    """The parts of a definition that run as part of the body it is in: decorators, defaults and bases."""
    if isinstance(definition, ir.ClassDef):
        return [*definition.decorators, *definition.bases]
    decorators = definition.decorators if isinstance(definition, ir.FunctionDef) else ()
    return [*decorators, *(p.default for p in definition.params if p.default is not None)]


def walk_statements(body: tuple[ir.Stmt, ...]) -> Iterator[ir.Stmt]:
    """The statements of *body* and of the blocks inside it, in source order; nested definitions are not entered."""
    stack = list(reversed(body))
    while stack:
        current: Any = stack.pop()
        yield current
        kind = type(current)
        if kind in _BLOCKS:
            blocks = [
                item
                for field in _BLOCKS[kind]
                for part in getattr(current, field)
                for item in (part.body if type(part) in _PARTS else (part,))
            ]
            blocks.reverse()
            stack.extend(blocks)


def _push_children(node: Any, stack: list[Any]) -> None:
    """Puts what ``children`` gives on *stack*, the first on top; most of the time of any reading of code is spent here."""
    for field in _FIELDS_BACKWARDS[type(node)]:
        value = getattr(node, field)
        if type(value) is tuple:
            stack.extend([item for item in reversed(value) if item is not None])
        elif value is not None:
            stack.append(value)


_DEFINING = frozenset({ir.FunctionDef, ir.ClassDef, ir.Lambda})
_PARTS = (ir.Handler, ir.Case)
_BLOCKS: dict[type, tuple[str, ...]] = {
    ir.If: ("body", "orelse"),
    ir.While: ("body", "orelse"),
    ir.For: ("body", "orelse"),
    ir.Try: ("body", "handlers", "orelse", "final"),
    ir.With: ("body",),
    ir.Match: ("cases",),
}


def _node_fields() -> dict[type, tuple[str, ...]]:
    """For every node type the fields that hold nodes."""
    leaves = (str, int, bool, type(None))
    table: dict[type, tuple[str, ...]] = {}
    for cls in vars(ir).values():
        if not (isinstance(cls, type) and issubclass(cls, msgspec.Struct)):
            continue
        hints = typing.get_type_hints(cls, vars(ir))
        names = []
        for field in cls.__struct_fields__:
            atoms = _atoms(hints[field])
            if not all(isinstance(atom, type) and issubclass(atom, leaves) for atom in atoms):
                names.append(field)
        table[cls] = tuple(names)
    return table


def _atoms(hint: Any) -> list[Any]:
    arguments = typing.get_args(hint)
    if not arguments:
        return [hint]
    return [atom for argument in arguments if argument is not Ellipsis for atom in _atoms(argument)]


NODE_FIELDS = _node_fields()
_FIELDS_BACKWARDS = {kind: fields[::-1] for kind, fields in NODE_FIELDS.items()}
