"""What is noted down while code is followed: who was called from where, what was compared, which statements were run."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable

import msgspec

from archwright.facts.ir import Span
from archwright.project.effects import catalogue
from archwright.project.execution.arguments import Arguments, Bound
from archwright.project.execution.frame import Frame, Key
from archwright.project.execution.heap import Heap, Object
from archwright.project.execution.policy import Hit, Observer
from archwright.project.execution.reach import any_carries, carries
from archwright.project.execution.state import State
from archwright.project.execution.values import (
    Alternative,
    Class,
    Column,
    Function,
    LambdaFunction,
    Made,
    Ref,
    Unknown,
    Value,
    only_text,
)
from archwright.project.storage.models import Models

Replacement = Callable[[Function, Hit], Value | None]
"""What calling a function gives where somebody says so; None to follow the function."""
_READS = frozenset({"session.get", "session.get_one"})
_QUERY_ENDS = frozenset(
    {"all", "count", "first", "get", "one", "one_or_none", "scalar", "yield_per", "__iter__"}
)
_RUNNING = catalogue.TELLING_STATEMENTS | {"scalar", "fetch", "fetchall", "fetchrow", "fetchval"}
_ONE_ROW = frozenset({"count", "get", "get_one", "one", "one_or_none"})
_RUNS_BY_NAME = _QUERY_ENDS | _RUNNING | {name.partition(".")[2] for name in (*catalogue.STATEMENTS, *_READS)}


def may_run_statements(name: str) -> bool:
    """Whether calling a method of this name may hand a statement to a database."""
    return name in _RUNS_BY_NAME


def may_give_rows(name: str) -> bool:
    """Whether calling a method of this name may give several rows, or the first of them."""
    return name in _RUNS_BY_NAME - _ONE_ROW


class Comparison(msgspec.Struct, frozen=True, eq=False):
    """Two values compared, in Python or as part of a query."""

    op: str
    left: Value
    right: Value
    chain: Frame
    at: Span


class Run(msgspec.Struct, frozen=True, eq=False):
    """A statement handed to a database."""

    how: str
    """The method: ``execute``, ``scalars``, ``get`` …"""
    given: Arguments
    chain: Frame
    at: Span
    result: Made
    """What it gives, by which its rows are told."""
    heap: Heap
    """The objects at that moment."""


class Passing(msgspec.Struct, frozen=True, eq=False):
    """A call of a function of this code base."""

    parameters: tuple[str, ...]
    """The parameters that carry the value followed."""
    chain: Frame
    """Of the function called."""


class Rejection(msgspec.Struct, frozen=True, eq=False):
    """A call whose arguments do not fit the function's parameters."""

    target: str
    """The qualified name of what is called."""
    problem: str
    carries: bool
    """Whether the value followed is among the arguments."""
    chain: Frame
    at: Span


class Escape(msgspec.Struct, frozen=True, eq=False):
    """The value followed handed to something unknown."""

    what: str
    chain: Frame
    at: Span


class Trace(Observer):
    """Everything noted from one root."""

    def __init__(
        self,
        base: Heap,
        replace: Replacement | None = None,
        models: Models | None = None,
        *,
        follows: bool = True,
    ) -> None:
        """*base*: the objects there are before the root, which go on changing; *models*: mapped classes.

        *follows*: whether there is a value to follow; otherwise nobody carries it.
        """
        self._follows = follows
        self._base = base
        self._models = models
        self._replace = replace
        self.comparisons: list[Comparison] = []
        self.runs: list[Run] = []
        self.passings: list[Passing] = []
        self.rejections: list[Rejection] = []
        self.escapes: list[Escape] = []
        self.visited: dict[Key, Frame] = {}
        """Every function followed, with the first way to it."""
        self.calls: set[tuple[Key, Key]] = set()
        """Callers and functions called, of those followed."""
        self.followed: set[tuple[str, Span]] = set()
        """The calls whose targets are known, by module and place."""
        self.made_by: dict[int, tuple[Frame, Span]] = {}
        """Where objects were made, by their place on the heap."""
        self.returned: Value = ()
        self.objects: dict[int, Object] = {}
        """The objects that are new, or were changed, at the end."""
        self.exhausted = False
        """It was given up because there was too much to follow."""

    @property
    def heap(self) -> Heap:
        """All objects at the end."""
        return self._seen_from(self.objects)

    def called(self, hit: Hit) -> Value | None:
        """Notes targets, arguments that do not fit, and values handed to something unknown."""
        callee = hit.callee
        if isinstance(callee, Function | Class | LambdaFunction):
            self.followed.add((hit.frame.function[0], hit.call.at))
        if isinstance(callee, Function):
            given = self._replace(callee, hit) if self._replace is not None else None
            return self._rejected(callee.qualified, hit) if given is None else given
        if isinstance(callee, Class):
            return self._rejected(f"{callee.qualified}.__init__", hit, about_fields=True)
        if isinstance(callee, Unknown) and self._carried_by(hit):
            self.escapes.append(Escape(callee.reason, hit.frame, hit.call.at))
        return None

    def entered(self, frame: Frame, state: State) -> None:
        """Notes the way to a function, and which parameters carry the value followed."""
        self.visited.setdefault(frame.function, frame)
        if frame.caller is not None:
            self.calls.add((frame.caller.function, frame.function))
            if not self._follows:
                return
            heap = self._seen_from(state.heap)
            carrying = tuple(
                param.name
                for param in frame.scope.params
                if param.name in state.names and carries(state.names[param.name], heap)
            )
            if carrying:
                self.passings.append(Passing(carrying, frame))

    def compared(self, op: str, left: Value, right: Value, frame: Frame, at: Span) -> None:
        """Notes a comparison."""
        self.comparisons.append(Comparison(op, left, right, frame, at))

    def made(self, made: Made, frame: Frame, state: State) -> None:
        """Notes a statement that is run."""
        if made.given is not None and (_runs(made) or self._queries_models(made)):
            heap = self._seen_from(dict(state.heap))
            self.runs.append(Run(made.last, made.given, frame, made.at, made, heap))

    def constructed(self, ref: Ref, frame: Frame, at: Span) -> None:
        """Notes where an object is made."""
        self.made_by[ref.loc] = (frame, at)

    def _queries_models(self, made: Made) -> bool:
        """Whether something unknown was asked for a query of mapped classes or columns: then it is a session."""
        if made.last not in _QUERY_ENDS or "query" not in made.name.split(".")[:-1]:
            return False
        current: Alternative | None = made
        while isinstance(current, Made) and not (current.called and current.last == "query"):
            current = current.receiver[0] if len(current.receiver) == 1 else None
        if not isinstance(current, Made) or current.given is None or not current.name.startswith("?"):
            return False
        return any(
            isinstance(one, Column)
            or (
                isinstance(one, Class)
                and self._models is not None
                and self._models.of(one.qualified) is not None
            )
            for value in current.given.all()
            for one in value
        )

    def _seen_from(self, own: Heap) -> Heap:
        return ChainMap(own, self._base)  # type: ignore[arg-type]  # only read

    def _carried_by(self, hit: Hit) -> bool:
        """Whether the value followed is among the arguments of a call."""
        return self._follows and any_carries(hit.args, self._seen_from(hit.state.heap))

    def _rejected(self, target: str, hit: Hit, *, about_fields: bool = False) -> Value | None:
        problem = _problem(hit.bound, about_fields=about_fields) if hit.bound is not None else ""
        if not problem:
            return None
        carrying = self._carried_by(hit)
        self.rejections.append(Rejection(target, problem, carrying, hit.frame, hit.call.at))
        return ()


def _problem(bound: Bound, *, about_fields: bool) -> str:
    """What is surely wrong with the arguments; empty when they may fit."""
    sure = [misfit for misfit in bound.misfits if misfit.sure]
    for misfit in sure:
        if misfit.kind == "unknown" and misfit.name in bound.names:
            return f"`{misfit.name}` is given twice"
    for misfit in sure:
        if misfit.kind == "surplus":
            return "there are too many positional arguments"
    for misfit in sure:
        if misfit.kind == "unknown":
            return f"there is no {'field' if about_fields else 'parameter'} `{misfit.name}`"
    missing = [misfit.name for misfit in sure if misfit.kind == "missing"]
    return f"`{missing[0]}` is not given" if missing and not about_fields else ""


def _runs(made: Made) -> bool:
    """Whether a call hands a statement to a database."""
    member = catalogue.member(made.name)
    if member in catalogue.STATEMENTS or member in _READS:
        return True
    parts = made.name.split(".")
    if made.last in _QUERY_ENDS and "query" in parts[:-1]:
        owner = catalogue.member(".".join(parts[: parts.index("query") + 1]))
        return owner == "session.query" or made.name.startswith("?.query.")
    if not made.name.startswith("?") or made.last not in _RUNNING or made.given is None:
        return False
    first = made.given.get(0, "statement")
    return any(
        isinstance(one, Made) and one.name.startswith(("sqlalchemy.", "sqlmodel.")) for one in first
    ) or (made.last in catalogue.TELLING_STATEMENTS and only_text(first) is not None)
