"""Reads that no clock, no chance and no environment has a part in, but for what the edge of the system asks once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Annotated

import msgspec
from msgspec import Meta

from archwright.contracts.language import Selector
from archwright.model import CheckResult, Location, Step
from archwright.project.analysis import Analysis
from archwright.project.code import Scope
from archwright.project.effects.effects import Key, Label
from archwright.project.effects.facts import CallEdge, EffectSite
from archwright.project.effects.ways import EffectWays
from archwright.project.execution.frame import Frame
from archwright.project.execution.heap import Object
from archwright.project.execution.roots import follow_root
from archwright.project.execution.trace import Trace
from archwright.project.queries.levels import every_level
from archwright.project.queries.readings import readings
from archwright.project.requests.moments import clock_calls
from archwright.project.requests.parameters import Requests
from archwright.verifiers.bodies import SelectedBodies, qualified
from archwright.verifiers.effects.packages import EffectName
from archwright.verifiers.reads.parts import Parts
from archwright.verifiers.reads.reads import ReadsContract
from archwright.verifiers.reads.registered import tell_unregistered
from archwright.verifiers.tally import Tally

_NAMED = 3
"""Readers that a message names; the others are in its steps."""


class ClockContract(ReadsContract, frozen=True, kw_only=True):
    """Functions on whose way to an answer nothing is asked that is different the next time."""

    reads: Annotated[Selector, Meta(description="say which functions serve the reads")]
    registered_by: Annotated[
        Selector | None, Meta(description="The calls that register what is dispatched to")
    ] = None
    forbid: Annotated[tuple[EffectName, ...], Meta(description="The effects that must not be had")] = (
        "clock",
        "random",
        "env",
    )
    time_service: Annotated[
        Selector | None, Meta(description="The functions that read the clock for others")
    ] = None
    edge: Annotated[
        Selector | None, Meta(description="Code that may have these effects, and may ask the time service")
    ] = None


class _Cause(msgspec.Struct, frozen=True, order=True):
    """What makes answers differ, and where it is."""

    place: Location
    holder: str
    """The function that asks."""
    what: str
    effect: str


class _Reaching(msgspec.Struct, frozen=True):
    """One read that a cause is on the way of."""

    reader: str
    at: Location
    steps: tuple[Step, ...]


class _OfRead(msgspec.Struct, frozen=True):
    """What one read comes to: causes that are sure, and everything else."""

    causes: dict[_Cause, _Reaching]
    rest: Tally


def check_clock(contract: ClockContract, analysis: Analysis) -> CheckResult:
    """Judges every read by all functions that run on its way; what several reads come to is one finding."""
    tally = Tally(contract)
    parts, paths = Parts(contract, analysis), _Paths(contract, analysis)
    causes: dict[_Cause, list[_Reaching]] = {}
    for key in SelectedBodies(contract.reads, analysis).all():
        found = parts.of(key, partial(_of_read, key, contract, paths, analysis))
        tally.add(found.rest)
        for cause, reaching in found.causes.items():
            causes.setdefault(cause, []).append(reaching)
    for cause, readers in sorted(causes.items()):
        _report(cause, readers, tally)
    tell_unregistered(contract.registered_by, parts, analysis, tally)
    return tally.result()


def _report(cause: _Cause, readers: list[_Reaching], tally: Tally) -> None:
    first, *others = sorted(readers, key=lambda one: (len(one.steps), one.at, one.reader))
    named = ", ".join(f"`{one.reader}`" for one in (first, *others[: _NAMED - 1]))
    more = f" and {len(readers) - _NAMED} more" if len(readers) > _NAMED else ""
    answer = (
        f"the answer of {named} is another one" if not others else f"the answers of {named}{more} are others"
    )
    message = f"`{cause.holder}` asks {cause.what} ({cause.effect}): {answer} the next time"
    also = (Step(f"also on the way of `{one.reader}`", one.at) for one in others)
    symbols = (cause.holder, cause.what.strip("`"))
    tally.failed("moving-read", symbols, message, cause.place, (*first.steps, *also), len(readers))


def _of_read(key: Key, contract: ClockContract, paths: _Paths, analysis: Analysis) -> _OfRead:
    found = _OfRead({}, Tally(contract))
    scope = analysis.inference.index(key[0]).scopes.get(key[1])
    if scope is not None and scope.kind == "function":
        machine = analysis.following.machine(contract.registered_by)
        requests = Requests(machine, "")
        heap: dict[int, Object] = {}
        trace = follow_root(machine, scope, requests.parameters(scope, heap), heap, follows=False)
        _judge(scope, trace, paths, analysis, found)
    return found


class _Paths:
    """What functions do themselves, and through calls that are not followed with values."""

    def __init__(self, contract: ClockContract, analysis: Analysis) -> None:
        self._contract = contract
        self._analysis = analysis
        self.edge = SelectedBodies(contract.edge, analysis)
        self.service = SelectedBodies(contract.time_service, analysis)
        self.forbids_clock = "clock" in contract.forbid
        self._reads = analysis.project.reads
        self._below: dict[Key, list[tuple[str, str, bool, tuple[Step, ...]]]] = self._reads.table(None)
        self._ways = EffectWays(analysis.effects, self._reads, self._enters, self._labels)

    def found(self, key: Key, trace: Trace) -> list[tuple[str, str, bool, Location, tuple[Step, ...]]]:
        """The effects of one function: effect, what has it, whether surely, where, and the further way to it."""
        if key in self.edge or key in self.service:
            return []
        body = self._analysis.effects.of(key)
        at = self._analysis.project.at
        found: list[tuple[str, str, bool, Location, tuple[Step, ...]]] = []
        for site in body.sites:
            for label in self._labels(site):
                found.append((label.name, site.what, label.certain, at(key[0], site.at), ()))
        for edge in body.edges:
            if edge.target in self.service:
                found.append(("clock", qualified(edge.target), edge.certain, at(key[0], edge.at), ()))
            elif (key[0], edge.at) not in trace.followed and edge.target not in trace.visited:
                for effect, what, certain, steps in self._through(edge):
                    text = f"`{qualified(key)}` {edge.how} `{qualified(edge.target)}`"
                    first = Step(text, at(key[0], edge.at))
                    surely = certain and edge.certain
                    found.append((effect, what, surely, at(key[0], edge.at), (first, *steps)))
        return found

    def _through(self, edge: CallEdge) -> list[tuple[str, str, bool, tuple[Step, ...]]]:
        target = edge.target
        if target in self.edge:
            return []
        known = self._below.get(target)
        if known is None:
            known = self._reads.made(self._below, target, lambda: list(self._ways_from(target)))
        return known

    def _ways_from(self, target: Key) -> Iterator[tuple[str, str, bool, tuple[Step, ...]]]:
        for witness in self._ways.of(target):
            steps, current = [], target
            for hop in witness.edges:
                text = f"`{qualified(current)}` {hop.how} `{qualified(hop.target)}`"
                steps.append(Step(text, self._analysis.project.at(current[0], hop.at)))
                current = hop.target
            yield witness.label.name, witness.site.what, witness.label.certain, tuple(steps)

    def _enters(self, edge: CallEdge) -> bool:
        return edge.target not in self.edge and edge.target not in self.service

    def _labels(self, site: EffectSite) -> list[Label]:
        wanted = [e for e in site.effects if any(e.is_a(name) for name in self._contract.forbid)]
        if not wanted:
            return []
        certain = site.certain and len(wanted) == len(site.effects)
        return [Label(" or ".join(sorted({e.name for e in wanted})), certain)]


def _judge(scope: Scope, trace: Trace, paths: _Paths, analysis: Analysis, found: _OfRead) -> None:
    name = scope.qualified.split("#")[0]
    at = analysis.project.at(scope.module, scope.node.at if scope.node is not None else (1, 1, 1, 1))
    if trace.exhausted:
        message = f"what `{name}` asks on its way cannot be told: there is too much to follow"
        found.rest.undecided("too-much", (name,), message, at)
        return
    seen: set[tuple[str, str, str]] = set()
    asked = _asked_by_queries(trace, paths, analysis) if paths.forbids_clock else {}
    for place, chain in asked.items():
        holder = qualified(chain.function)
        seen.add(("clock", "the database's clock", holder))
        cause = _Cause(place, holder, "the database's clock", "clock")
        found.causes[cause] = _Reaching(name, at, _way(chain, analysis))
    for key, chain in trace.visited.items():
        for effect, what, certain, place, further in paths.found(key, trace):
            mark = (effect, what, qualified(key))
            if mark in seen or (effect == "clock" and not certain and place in asked):
                continue
            seen.add(mark)
            steps = (*_way(chain, analysis), *further, Step(f"`{what}`: {effect}", place))
            if certain and not chain.guessed:
                found.causes[_Cause(place, mark[2], f"`{what}`", effect)] = _Reaching(name, at, steps)
            else:
                message = f"`{name}` may answer differently the next time: on its way `{mark[2]}` may ask `{what}` ({effect})"
                found.rest.undecided("possibly-moving-read", (name, *mark[1:]), message, place, steps)
    if not seen:
        found.rest.passed()


def _asked_by_queries(trace: Trace, paths: _Paths, analysis: Analysis) -> dict[Location, Frame]:
    """The statements that were read as text and ask for the time themselves."""
    found: dict[Location, Frame] = {}
    models = analysis.storage.models("postgresql")
    for run in trace.runs:
        if run.chain.function in paths.edge or run.chain.guessed:
            continue
        for reading in readings(run, models):
            for level in every_level(reading.level) if reading.level is not None else ():
                parts = (
                    level.outputs,
                    *level.order,
                    *(side for c in level.conditions for side in (c.left, c.right)),
                )
                if any(not made.module for part in parts for made in clock_calls(part, run.heap)):
                    found[analysis.project.at(run.chain.function[0], run.at)] = run.chain
    return found


def _way(chain: Frame, analysis: Analysis) -> tuple[Step, ...]:
    steps = []
    for hop in chain.hops()[1:]:
        if hop.caller is not None:
            text = f"`{qualified(hop.caller.function)}` calls `{qualified(hop.function)}`"
            steps.append(Step(text, analysis.project.at(hop.caller.function[0], hop.at)))
    return tuple(steps)
