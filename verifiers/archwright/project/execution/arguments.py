"""What a call gives, and how parameters take it, as Python binds them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from archwright.facts import ir
from archwright.project.execution.heap import Entry, Object
from archwright.project.execution.values import NOT_TOLD, Unknown, Value, parameters_of, reason_of, union


class Arguments(msgspec.Struct, eq=False):
    """The arguments of a call."""

    positional: list[Value] = []
    keywords: dict[str, Entry] = {}
    star: Value = ()
    """What further positional arguments may be; empty when there are none."""
    rest: Value = ()
    """What further keyword arguments may be; empty when there are none."""
    further: list[Value] = []
    """Positional arguments that surely are given, but in a place that is not known."""
    spread: bool = False
    """Whether keywords come out of a ``**spread``."""

    @property
    def parameter(self) -> str:
        """The parameter whose callers may know the further keywords."""
        return next(iter(sorted(parameters_of(self.rest))), "")

    @property
    def more_keywords(self) -> str:
        """Why there may be further keywords; empty when there are none."""
        return reason_of(self.rest)

    @property
    def named(self) -> dict[str, Value]:
        """The values of the keywords."""
        return {name: entry.value for name, entry in self.keywords.items()}

    def all(self) -> tuple[Value, ...]:
        """Every argument."""
        return (
            *self.positional,
            *self.further,
            *(entry.value for entry in self.keywords.values()),
            self.star,
            self.rest,
        )

    def get(self, position: int, keyword: str = "") -> Value:
        """The argument in that place or of that name; empty when it is not given."""
        if position < len(self.positional):
            return self.positional[position]
        entry = self.keywords.get(keyword)
        return entry.value if entry is not None else ()

    def after(self, first: int) -> Arguments:
        """The arguments without the *first* positional ones."""
        return msgspec.structs.replace(self, positional=self.positional[first:])

    def behind(self, *values: Value) -> Arguments:
        """The arguments with further positional ones before them."""
        return msgspec.structs.replace(self, positional=[*values, *self.positional])

    def with_more(self, more: Arguments) -> Arguments:
        """These arguments and then *more*: what a partial does."""
        return Arguments(
            [*self.positional, *more.positional],
            {**self.keywords, **more.keywords},
            union(self.star, more.star),
            union(self.rest, more.rest),
            [*self.further, *more.further],
            self.spread or more.spread,
        )


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
    collected: dict[str, Object]
    """What the ``*args`` and the ``**kwargs`` parameter collect."""
    misfits: tuple[Misfit, ...]
    perhaps: Mapping[str, Value] = {}
    """For the parameters with a default that may be given or not: what they get if they are."""


def bind(params: tuple[ir.Param, ...], args: Arguments) -> Bound:
    """Binds *args* to *params* (a method's without its receiver). Defaults are left to the caller: not in ``names``."""
    binder = _Binder(params, args)
    binder.positional()
    binder.keywords()
    binder.open_ended()
    return Bound(binder.names, binder.entries, binder.collected, tuple(binder.misfits), binder.perhaps)


class _Binder:
    def __init__(self, params: tuple[ir.Param, ...], args: Arguments) -> None:
        self._params = params
        self._args = args
        self._vararg = next((p.name for p in params if p.kind == "vararg"), None)
        self._kwarg = next((p.name for p in params if p.kind == "kwarg"), None)
        self.names: dict[str, Value] = {}
        self.entries: dict[str, Entry] = {}
        self.collected: dict[str, Object] = {}
        self.misfits: list[Misfit] = []
        self.perhaps: dict[str, Value] = {}

    def positional(self) -> None:
        takers = [p for p in self._params if p.kind in ("posonly", "arg")]
        for param, value in zip(takers, self._args.positional, strict=False):
            self.names[param.name] = value
        left = self._args.positional[len(takers) :]
        if self._vararg is not None:
            items = dict(enumerate(map(Entry, (*left, *self._args.further))))
            self.collected[self._vararg] = Object(
                "tuple", items, reason_of(self._args.star), rest=self._args.star
            )
        elif left:
            self.misfits.append(Misfit("surplus", str(len(left)), True))

    def keywords(self) -> None:
        by_name = {p.name for p in self._params if p.kind in ("arg", "kwonly")}
        rest: dict[Any, Entry] = {}
        for name, entry in self._args.keywords.items():
            if name in by_name and name not in self.names:
                self.names[name] = entry.value
                self.entries[name] = entry
            elif name in by_name:
                self.misfits.append(Misfit("unknown", name, entry.sure, entry.origin))
            elif self._kwarg is not None:
                rest[name] = entry
            else:
                self.misfits.append(Misfit("unknown", name, True, entry.origin))
        if self._kwarg is not None:
            more = self._args.rest
            self.collected[self._kwarg] = Object(
                "dict", rest, reason_of(more), self._args.parameter, rest=more
            )
        elif self._args.rest:
            self.misfits.append(Misfit("unknown", "**", False, "", self._args.parameter))

    def open_ended(self) -> None:
        """Parameters that are given nothing for sure: by a spread perhaps, or by their default."""
        parameter = self._args.parameter
        places = union(self._args.star, *self._args.further)
        for param in self._params:
            if param.kind in ("vararg", "kwarg"):
                continue
            entry = self.entries.get(param.name)
            may_be: Value = union(
                places if param.kind != "kwonly" else (), self._args.rest if param.kind != "posonly" else ()
            )
            if param.default is not None:
                if entry is not None and not entry.sure:
                    self.perhaps[param.name] = entry.value
                elif param.name not in self.names and may_be:
                    self.perhaps[param.name] = may_be
            elif param.name not in self.names:
                self.misfits.append(Misfit("missing", param.name, not may_be, "", parameter))
                self.names[param.name] = may_be or NOT_TOLD
            elif entry is not None and not entry.sure:
                self.misfits.append(Misfit("missing", param.name, False, entry.origin))


def unknown_arguments(why: str) -> Arguments:
    """The arguments of a call nobody has seen."""
    return Arguments(star=(Unknown(why),), rest=(Unknown(why),))
