"""Arguments of a call against the parameters of a function, as Python binds them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from archwright.facts import ir
from archwright.project.symbolic.values import NOT_TOLD, Entry, Object, Unknown, Value


class Arguments(msgspec.Struct):
    """What a call gives."""

    positional: list[Value]
    keywords: dict[str, Entry]
    more_positional: bool = False
    """Whether a ``*spread`` of unknown length is among them."""
    more_keywords: str = ""
    """Why there may be further keywords; empty when there are none."""
    parameter: str = ""
    """The parameter whose callers may know those."""
    spread: bool = False
    """Whether keywords come out of a ``**spread``."""

    def at(self, position: int, name: str) -> Value | None:
        """The argument at *position* or called *name*; None when it is not given."""
        if name in self.keywords:
            return self.keywords[name].value
        return self.positional[position] if position < len(self.positional) else None


class Misfit(msgspec.Struct, frozen=True):
    """Something about the arguments that the parameters do not take."""

    kind: str
    """``missing``, ``unknown`` or ``surplus``."""
    name: str
    sure: bool
    """False when it depends on what cannot be told."""
    origin: str = ""
    parameter: str = ""


class Bound(msgspec.Struct):
    """What every parameter gets, and what does not fit."""

    names: dict[str, Value]
    entries: dict[str, Entry]
    """For the parameters given by a keyword: the entry it came from."""
    rest: Object | None
    """What the ``**kwargs`` parameter collects."""
    rest_name: str
    misfits: tuple[Misfit, ...]
    perhaps: Mapping[str, Value] = {}
    """For the parameters with a default that may be given or not: what they get if they are."""


def bind(params: tuple[ir.Param, ...], args: Arguments) -> Bound:
    """Binds *args* to *params* (a method's without its receiver). Defaults are left to the caller: not in ``names``."""
    positional = [p for p in params if p.kind in ("posonly", "arg")]
    by_name = {p.name for p in params if p.kind in ("arg", "kwonly")}
    vararg = next((p.name for p in params if p.kind == "vararg"), None)
    kwarg = next((p.name for p in params if p.kind == "kwarg"), None)
    names: dict[str, Value] = {}
    misfits: list[Misfit] = []
    for param, value in zip(positional, args.positional, strict=False):
        names[param.name] = value
    surplus = len(args.positional) - len(positional)
    if surplus > 0 and vararg is None:
        misfits.append(Misfit("surplus", str(surplus), True))
    entries: dict[str, Entry] = {}
    rest: dict[Any, Entry] = {}
    for name, entry in args.keywords.items():
        if name in by_name and name not in names:
            names[name] = entry.value
            entries[name] = entry
        elif kwarg is not None and name not in names:
            rest[name] = entry
        else:
            misfits.append(Misfit("unknown", name, True, entry.origin))
    perhaps: dict[str, Value] = {}
    for param in params:
        if param.kind in ("vararg", "kwarg"):
            continue
        given = entries.get(param.name)
        may_come = (args.more_positional and param.kind != "kwonly") or (
            bool(args.more_keywords) and param.kind != "posonly"
        )
        if param.default is not None:
            if given is not None and not given.sure:
                perhaps[param.name] = given.value
            elif param.name not in names and may_come:
                perhaps[param.name] = (Unknown("it may be given", args.parameter),)
        elif param.name not in names:
            misfits.append(Misfit("missing", param.name, not may_come, "", args.parameter))
            names[param.name] = (Unknown("it is not given", args.parameter),) if may_come else NOT_TOLD
        elif given is not None and not given.sure:
            misfits.append(Misfit("missing", param.name, False, given.origin))
    collected = None
    if kwarg is not None:
        collected = Object("dict", rest, args.more_keywords, args.parameter)
    elif args.more_keywords:
        misfits.append(Misfit("unknown", "**", False, "", args.parameter))
    if vararg is not None:
        names[vararg] = (Unknown("further arguments", type="builtins.tuple"),)
    return Bound(names, entries, collected, kwarg or "", tuple(misfits), perhaps)
