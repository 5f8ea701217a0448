"""What has expired is a matter of the moment asked about, never of the clock."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Annotated

import msgspec
from msgspec import Meta

from archwright.contracts.language import Name, Selector
from archwright.facts import ir
from archwright.facts.ir import Span
from archwright.model import CheckResult, Step
from archwright.project.analysis import Analysis
from archwright.project.code import Scope, own_nodes
from archwright.project.execution.frame import Frame, Key
from archwright.project.execution.heap import Heap
from archwright.project.execution.machine import Machine
from archwright.project.execution.roots import follow_root
from archwright.project.execution.trace import Trace, may_run_statements
from archwright.project.execution.values import Column, Value
from archwright.project.queries.levels import every_level
from archwright.project.queries.readings import readings
from archwright.project.requests.moments import Moment, clock_calls, moments, names_field, parameters
from archwright.project.storage.models import Models
from archwright.project.types.values import FunctionValue
from archwright.verifiers.bodies import SelectedBodies, qualified
from archwright.verifiers.reads.parts import Parts
from archwright.verifiers.reads.reads import ReadsContract
from archwright.verifiers.tally import Tally

_COMPARING = frozenset({"<", "<=", ">", ">=", "between", "__lt__", "__le__", "__gt__", "__ge__"})
_CALLERS = 5


class ExpiryContract(ReadsContract, frozen=True, kw_only=True):
    """Comparisons with fields that say when something expires: with the moment asked about, wherever it comes from."""

    fields: Annotated[tuple[Name, ...], Meta(description="name the columns, attributes or keys: expires_at")]
    units: Annotated[Selector, Meta(description="say whose comparisons are meant")]
    moment: Annotated[
        tuple[Name, ...],
        Meta(description="What parameters, attributes and keys that hold the moment are called"),
    ] = (Name("as_of"),)


class _Site(msgspec.Struct, frozen=True):
    """A comparison: the other side, and where."""

    side: Value
    field: str
    chain: Frame
    at: Span
    heap: Heap


def check_expiry(contract: ExpiryContract, analysis: Analysis) -> CheckResult:
    """Judges every comparison of such a field."""
    tally = Tally(contract)
    parts = Parts(contract, analysis)
    fields = [str(name) for name in contract.fields]
    for key in SelectedBodies(contract.units, analysis).all():
        if any(analysis.project.summary(key[0]).mentions(field) for field in fields):
            tally.add(parts.of(key, partial(_of_function, key, contract, fields, analysis)))
    return tally.result()


def _of_function(key: Key, contract: ExpiryContract, fields: list[str], analysis: Analysis) -> Tally:
    tally = Tally(contract)
    scope = analysis.inference.index(key[0]).scopes.get(key[1])
    if scope is None or scope.kind != "function" or not _may_compare(scope):
        return tally
    machine = analysis.following.machine()
    models = analysis.storage.models("postgresql")
    trace = follow_root(machine, scope)
    judged: set[Span] = set()
    for site in _sites(trace, models, fields):
        if site.chain.function == key and site.at not in judged:
            judged.add(site.at)
            _judge(contract, analysis, machine, site, tally)
    if trace.exhausted and not judged and _names_any(scope, fields):
        holder, at = qualified(key), analysis.project.at(scope.module, _place(scope))
        message = (
            f"what `{holder}` compares with {_quoted(fields)} cannot be told: there is too much to follow"
        )
        tally.undecided("too-much", (holder,), message, at)
    return tally


def _may_compare(scope: Scope) -> bool:
    """Whether the function's own code compares anything, or runs statements that may."""
    for node in own_nodes(scope.body):
        if isinstance(node, ir.Compare) and not _COMPARING.isdisjoint(node.ops):
            return True
        called = node.func.name if isinstance(node, ir.Call) and isinstance(node.func, ir.Attr) else ""
        if called in _COMPARING or may_run_statements(called):
            return True
    return False


def _names_any(scope: Scope, fields: list[str]) -> bool:
    """Whether one of *fields* is an attribute, a name or a text in the function's own code."""
    for node in own_nodes(scope.body):
        name = node.name if isinstance(node, ir.Attr) else node.id if isinstance(node, ir.Name) else ""
        text = node.value if isinstance(node, ir.Str) else ""
        if name in fields or any(field in text for field in fields):
            return True
    return False


def _place(scope: Scope) -> Span:
    return scope.node.at if scope.node is not None else (1, 1, 1, 1)


def _quoted(fields: list[str]) -> str:
    return " or ".join(f"`{field}`" for field in fields)


def _judge(contract: ExpiryContract, analysis: Analysis, machine: Machine, site: _Site, tally: Tally) -> None:
    holder = qualified(site.chain.function)
    at = analysis.project.at(site.chain.function[0], site.at)
    verdict = _Origins(contract, analysis, machine, site).find()
    symbols = (holder, site.field)
    if verdict.clock is not None:
        message = (
            f"`{holder}` compares `{site.field}` with the clock: what has expired changes while nobody asks"
        )
        tally.failed("expiry-by-clock", symbols, message, at, verdict.clock)
    elif verdict.unknown:
        message = (
            f"`{holder}` compares `{site.field}` with {verdict.unknown}: whether that is the moment asked about"
            " cannot be told"
        )
        tally.undecided("moment-not-told", symbols, message, at)
    elif verdict.moment:
        tally.passed()


class _Verdict(msgspec.Struct):
    moment: bool = False
    clock: tuple[Step, ...] | None = None
    unknown: str = ""


class _Origins:
    """Where the moment of a comparison comes from, through the callers that hand it in."""

    def __init__(self, contract: ExpiryContract, analysis: Analysis, machine: Machine, site: _Site) -> None:
        self._names = [str(name) for name in contract.moment]
        self._fields = [str(name) for name in contract.fields]
        self._analysis = analysis
        self._machine = machine
        self._site = site
        self._verdict = _Verdict()

    def find(self) -> _Verdict:
        self._look(self._site, (), frozenset())
        return self._verdict

    def _look(self, site: _Site, steps: tuple[Step, ...], seen: frozenset[Key]) -> None:
        kinds = moments(site.side, site.heap, self._names)
        if Moment.CLOCK in kinds or (clock_calls(site.side, site.heap) and Moment.FOLLOWED not in kinds):
            if self._verdict.clock is None:
                made = clock_calls(site.side, site.heap)
                where = [
                    Step(f"`{m.name}` is read", self._analysis.project.at(m.module, m.at))
                    for m in made
                    if m.module
                ]
                self._verdict.clock = (*steps, *where)
            return
        if kinds & {Moment.FOLLOWED, Moment.RAW}:
            self._verdict.moment = True
        if Moment.UNKNOWN not in kinds:
            # A constant or another column: neither a clock nor a moment somebody asks about.
            self._verdict.moment = True
            return
        handed_in = [p for p in parameters(site.side, site.heap) if p not in self._names]
        root = site.chain.hops()[0].function
        if not handed_in:
            self._verdict.unknown = self._verdict.unknown or "a value of which nothing is known"
        elif root in seen or len(seen) >= _CALLERS:
            self._verdict.unknown = self._verdict.unknown or f"its parameter `{handed_in[0]}`"
        else:
            self._callers(root, handed_in[0], steps, seen | {root})

    def _callers(self, root: Key, parameter: str, steps: tuple[Step, ...], seen: frozenset[Key]) -> None:
        found = False
        target = FunctionValue(root[0], root[1])
        for call in self._analysis.calls.of(target):
            scope: Scope = call.scope
            if not call.is_call or scope.kind != "function":
                continue
            trace = follow_root(self._machine, scope)
            here = self._analysis.project.at(scope.module, call.node.at)
            text = f"`{scope.qualified.split('#')[0]}` gives `{parameter}` to `{qualified(root)}`"
            for site in _sites(trace, self._analysis.storage.models("postgresql"), self._fields):
                if (site.chain.function, site.at) == (self._site.chain.function, self._site.at):
                    found = True
                    self._look(site, (Step(text, here), *steps), seen)
        if not found:
            self._verdict.unknown = self._verdict.unknown or f"`{parameter}`, which nobody is known to give"


def _sites(trace: Trace, models: Models, fields: list[str]) -> Iterator[_Site]:
    """The comparisons of one of *fields* on the way of *trace*, in Python and in queries."""
    seen: set[int] = set()
    for comparison in trace.comparisons:
        if comparison.op in _COMPARING:
            seen.add(id(comparison.left))
            for one, other in ((comparison.left, comparison.right), (comparison.right, comparison.left)):
                field = names_field(one, trace.heap, fields)
                if field and not names_field(other, trace.heap, fields):
                    yield _Site(other, field, comparison.chain, comparison.at, trace.heap)
    for run in trace.runs:
        for reading in readings(run, models):
            for level in every_level(reading.level) if reading.level is not None else ():
                for condition in level.conditions:
                    if condition.op not in _COMPARING or id(condition.left) in seen:
                        continue
                    for one, other in ((condition.left, condition.right), (condition.right, condition.left)):
                        field = _column(one, fields)
                        if field:
                            yield _Site(other, field, run.chain, run.at, run.heap)


def _column(values: Value, fields: list[str]) -> str:
    return next((a.name for a in values if isinstance(a, Column) and a.name in fields), "")
