"""What is inside a value: the alternatives it consists of, followed through cells, calls and operations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from archwright.project.dataflow.values import (
    Args,
    Atom,
    Bound,
    Cell,
    Made,
    Method,
    Object,
    Operation,
    Partial,
    Ref,
    Sequence,
    Table,
    Token,
    Values,
)

_NEAR = 5
Enters = Callable[[Atom], bool]


def reachable(
    values: Values, store: Mapping[int, Cell], enters: Enters | None = None, levels: int = 0
) -> Iterator[Atom]:
    """Every alternative in *values* and below, each once, nearest first.

    *enters* says which are looked into; *levels* how far down, 0 for as far as it goes.
    """
    seen: set[int] = set()
    kept: list[Atom] = []
    pending = list(values)
    cells: set[int] = set()
    while pending:
        below: list[Atom] = []
        for atom in pending:
            if isinstance(atom, Ref):
                if atom.cell in cells:
                    continue
                cells.add(atom.cell)
            elif id(atom) in seen:
                continue
            else:
                seen.add(id(atom))
                kept.append(atom)  # keeping it keeps its identity taken
            yield atom
            if enters is None or enters(atom):
                for part in parts(atom, store):
                    below.extend(part)
        pending = below
        levels -= 1
        if levels == 0:
            return


def parts(atom: Atom, store: Mapping[int, Cell]) -> Iterator[Values]:
    """The values directly inside an alternative."""
    if isinstance(atom, Ref):
        cell = store.get(atom.cell)
        if isinstance(cell, Object):
            yield from cell.fields.values()
        elif isinstance(cell, Table):
            yield from cell.entries.values()
            yield cell.rest
        elif isinstance(cell, Sequence):
            yield from cell.items
            yield cell.element
    elif isinstance(atom, Made):
        if atom.called or not _is_object(atom.receiver, store):
            yield atom.receiver
        if atom.given is not None:
            yield from atom.given.all()
    elif isinstance(atom, Operation):
        yield from atom.operands
    elif isinstance(atom, Bound | Method):
        yield (atom.receiver,)
    elif isinstance(atom, Partial):
        yield atom.function
        yield from atom.given.all()


def carries(values: Values, store: Mapping[int, Cell]) -> bool:
    """Whether the value followed is inside, not too deep down."""
    return any(isinstance(atom, Token) for atom in reachable(values, store, levels=_NEAR))


def any_carries(args: Args, store: Mapping[int, Cell]) -> bool:
    """Whether the value followed is in any argument."""
    return any(carries(values, store) for values in args.all())


def _is_object(values: Values, store: Mapping[int, Cell]) -> bool:
    """Whether a value is an object, of which a field that was read says nothing about the other fields."""
    return any(isinstance(a, Ref) and isinstance(store.get(a.cell), Object) for a in values)
