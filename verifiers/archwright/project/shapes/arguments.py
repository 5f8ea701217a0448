"""Arguments of a call on the parameters that take them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from archwright.facts import ir

_POSITIONAL = ("posonly", "arg")


class Bound(msgspec.Struct, frozen=True):
    """What a call gives to parameters, as far as it is written out."""

    by_name: dict[str, ir.Expr]
    """Parameter: the expression given to it. ``*args`` and ``**kwargs`` collect nothing here."""
    rest: tuple[ir.Expr, ...]
    """Expressions no named parameter takes."""
    spread: bool
    """Whether a ``*value`` or ``**value`` may give parameters that are not in ``by_name``."""


def bind(call: ir.Call, params: Sequence[ir.Param], *, given: int = 0) -> Bound:
    """The arguments of *call* by parameter; the first *given* parameters (self, cls) are bound already."""
    own = params[given:]
    positional = [p.name for p in own if p.kind in _POSITIONAL]
    names = {p.name for p in own if p.kind in ("arg", "kwonly")}
    by_name: dict[str, ir.Expr] = {}
    rest: list[ir.Expr] = []
    spread = False
    position = 0
    for arg in call.args:
        if (
            arg.star == 2
            and isinstance(arg.value, ir.Dict)
            and all(isinstance(k, ir.Str) for k in arg.value.keys)
        ):
            for key, value in zip(arg.value.keys, arg.value.values, strict=True):
                if isinstance(key, ir.Str) and key.value in names:
                    by_name[key.value] = value
                else:
                    rest.append(value)
        elif arg.star:
            spread = True
            rest.append(arg.value)
        elif arg.keyword is not None:
            if arg.keyword in names:
                by_name[arg.keyword] = arg.value
            else:
                rest.append(arg.value)
        elif position < len(positional) and not spread:
            by_name[positional[position]] = arg.value
            position += 1
        else:
            rest.append(arg.value)
    return Bound(by_name, tuple(rest), spread)


def all_arguments(call: ir.Call) -> Iterator[ir.Expr]:
    """Every expression given to a call."""
    return (arg.value for arg in call.args)
