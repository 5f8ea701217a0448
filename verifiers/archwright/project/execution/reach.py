"""What is inside a value: the alternatives it consists of, followed through objects, calls and operations."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archwright.project.execution.arguments import Arguments
from archwright.project.execution.heap import Heap
from archwright.project.execution.values import (
    Alternative,
    External,
    Function,
    Made,
    Operation,
    Partial,
    Ref,
    Token,
    Value,
)

_NEAR = 5
Enters = Callable[[Alternative], bool]


def reachable(
    value: Value, heap: Heap, enters: Enters | None = None, levels: int = 0
) -> Iterator[Alternative]:
    """Every alternative in *value* and below, each once, nearest first.

    *enters* says which are looked into; *levels* how far down, 0 for as far as it goes.
    """
    seen: set[int] = set()
    kept: list[Alternative] = []
    pending = list(value)
    objects: set[int] = set()
    while pending:
        below: list[Alternative] = []
        for one in pending:
            if isinstance(one, Ref):
                if one.loc in objects:
                    continue
                objects.add(one.loc)
            elif id(one) in seen:
                continue
            else:
                seen.add(id(one))
                kept.append(one)  # keeping it keeps its identity taken
            yield one
            if enters is None or enters(one):
                for part in parts(one, heap):
                    below.extend(part)
        pending = below
        levels -= 1
        if levels == 0:
            return


def parts(one: Alternative, heap: Heap) -> Iterator[Value]:
    """The values directly inside an alternative."""
    if isinstance(one, Ref):
        made = heap.get(one.loc)
        if made is not None:
            for entry in made.entries.values():
                yield entry.value
            if made.kind != "instance":
                yield made.beyond
    elif isinstance(one, Made):
        if one.called or not _is_object(one.receiver, heap):
            yield one.receiver
        if one.given is not None:
            yield from one.given.all()
    elif isinstance(one, Operation):
        yield from one.operands
    elif isinstance(one, Function):
        if one.receiver is not None:
            yield (one.receiver,)
    elif isinstance(one, External):
        if one.of is not None:
            yield (one.of,)
    elif isinstance(one, Partial):
        yield one.function
        yield from one.given.all()


def carries(value: Value, heap: Heap) -> bool:
    """Whether the value followed is inside, not too deep down."""
    return any(isinstance(one, Token) for one in reachable(value, heap, levels=_NEAR))


def any_carries(args: Arguments, heap: Heap) -> bool:
    """Whether the value followed is in any argument."""
    return any(carries(value, heap) for value in args.all())


def _is_object(value: Value, heap: Heap) -> bool:
    """Whether a value is an object, of which a field that was read says nothing about the other fields."""
    return any(
        isinstance(one, Ref) and (made := heap.get(one.loc)) is not None and made.kind == "instance"
        for one in value
    )
