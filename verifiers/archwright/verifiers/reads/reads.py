"""Read contracts: the same question about the same moment gets the same answer.

Functions are followed with the values they are given – through parameters, dictionary keys, spreads, objects, method tables and
registries – from the request to the statement that is run. A hop that drops a value, replaces it, or does not take it, is a
finding with the chain of calls that leads there; what cannot be followed is undecided.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Annotated

from msgspec import Meta

from archwright.contracts.language import Contract, Name, Pattern, Problem, Selector, SymbolPattern
from archwright.model import CheckResult, Location, Outcome, Step
from archwright.project.analysis import Analysis
from archwright.project.code import Scope
from archwright.project.execution.frame import Frame, Key
from archwright.project.execution.heap import Object
from archwright.project.execution.machine import Machine
from archwright.project.execution.policy import Hit
from archwright.project.execution.roots import follow_root
from archwright.project.execution.trace import Run, Trace
from archwright.project.execution.values import Alternative, Function, Ref, Token, Unknown, Value
from archwright.project.requests.moments import Moment, moments
from archwright.project.requests.parameters import Requests
from archwright.verifiers.bodies import SelectedBodies, qualified
from archwright.verifiers.reads.bounds import BOUNDS, WORSE, Bounds
from archwright.verifiers.reads.parts import Parts
from archwright.verifiers.reads.registered import tell_unregistered
from archwright.verifiers.tally import Tally


class ReadsContract(Contract, frozen=True, kw_only=True):
    """What all read contracts have in common."""

    rule: str


class AsOfContract(ReadsContract, frozen=True, kw_only=True):
    """A moment that travels from the request, normalised once, into every query it leads to, and back into the answer."""

    reads: Annotated[Selector, Meta(description="say which functions serve the reads")]
    parameter: Annotated[Name, Meta(description="name the parameter, or the field of a query model")]
    normalised_by: Annotated[
        tuple[SymbolPattern, ...], Meta(description="name the function that makes it a moment, once")
    ]
    registered_by: Annotated[
        Selector | None, Meta(description="The calls that register what is dispatched to")
    ] = None
    echoed: Annotated[
        Name | None, Meta(description="Where the answer repeats the moment, as a path: meta.as_of")
    ] = None
    timeless: Annotated[
        tuple[Pattern, ...], Meta(description="Tables whose rows do not change with the moment")
    ] = ()

    def problems(self) -> Iterator[Problem]:
        """Nobody who normalises."""
        if not self.normalised_by:
            message = f'contract "{self.id}" names nobody who normalises'
            yield Problem(self.origin, message, "name the function in normalised_by")


def check_as_of(contract: AsOfContract, analysis: Analysis) -> CheckResult:
    """Judges every read: that it takes the moment, normalises it once, bounds each query by it, and repeats it."""
    tally = Tally(contract)
    parts = Parts(contract, analysis)
    for key in SelectedBodies(contract.reads, analysis).all():
        tally.add(parts.of(key, partial(_of_read, key, contract, analysis)))
    tell_unregistered(contract.registered_by, parts, analysis, tally)
    return tally.result()


def _of_read(key: Key, contract: AsOfContract, analysis: Analysis) -> Tally:
    tally = Tally(contract)
    scope = analysis.inference.index(key[0]).scopes.get(key[1])
    if scope is not None and scope.kind == "function":
        machine = analysis.following.machine(contract.registered_by)
        requests = Requests(machine, contract.parameter)
        _Read(contract, analysis, machine, requests, scope, tally).judge()
    return tally


class _Read:
    """One function that serves a read."""

    def __init__(
        self,
        contract: AsOfContract,
        analysis: Analysis,
        machine: Machine,
        requests: Requests,
        scope: Scope,
        tally: Tally,
    ) -> None:
        self._contract = contract
        self._analysis = analysis
        self._machine = machine
        self._requests = requests
        self._scope = scope
        self._tally = tally
        self._name = scope.qualified.split("#")[0]
        self._normalised: dict[tuple[object, ...], list[Location]] = {}

    def judge(self) -> None:
        name, parameter = self._name, self._contract.parameter
        node = self._scope.node
        at = self._analysis.project.at(self._scope.module, node.at if node is not None else (1, 1, 1, 1))
        if not self._requests.accepts(self._scope):
            message = f"`{name}` takes no `{parameter}`: its clients cannot ask again about the same moment"
            self._tally.failed("no-parameter", (name,), message, at)
            return
        heap: dict[int, Object] = {}
        self._requests.replace = self._replace
        names = self._requests.parameters(self._scope, heap)
        trace = follow_root(self._machine, self._scope, names, heap, self._replace)
        if trace.exhausted:
            message = f"what becomes of `{parameter}` in `{name}` cannot be told: there is too much to follow"
            self._tally.undecided("too-much", (name,), message, at)
            return
        self._judge_normalising(at)
        rejected = self._judge_binding(trace)
        reached = self._judge_queries(trace)
        if not reached and not rejected:
            self._judge_unused(trace, at)
        if self._contract.echoed is not None:
            self._judge_echo(trace, at)

    # --- normalised once ---

    def _replace(self, function: Function, hit: Hit) -> Value | None:
        names = (function.qualified, function.looked_up_as)
        if not any(
            pattern.match(name) is not None for pattern in self._contract.normalised_by for name in names
        ):
            return None
        frame, at = hit.frame, hit.call.at
        given = [one for value in hit.args.all() for one in value]
        if function.receiver is not None:
            given.append(function.receiver)
        objects = [self._machine.object(one, hit.state) for one in given if isinstance(one, Ref)]
        held = [made.entries.get(self._contract.parameter) for made in objects if made.kind == "instance"]
        fields = [one for entry in held if entry is not None for one in entry.value]
        asked = any(made.sent for made in objects)
        if asked or any(isinstance(atom, Token) for atom in (*given, *fields)):
            # Where the request handler asks is what counts, however deep down the asking is done.
            way = frame.hops()
            module, span = (way[0].function[0], way[1].at) if len(way) > 1 else (frame.function[0], at)
            calls = tuple((hop.function, hop.at) for hop in way)
            self._normalised.setdefault((*calls, (frame.function, at)), []).append(
                self._analysis.project.at(module, span)
            )
            return (Token(self._contract.parameter),)
        return None

    def _judge_normalising(self, at: Location) -> None:
        places = sorted(found[0] for found in self._normalised.values())
        name, parameter = self._name, self._contract.parameter
        by = " or ".join(f"`{p.text}`" for p in self._contract.normalised_by)
        if not places:
            message = f"`{name}` never hands its `{parameter}` to {by}: what goes on is what the client sent"
            self._tally.failed("not-normalised", (name,), message, at)
        elif len(places) > 1:
            steps = tuple(Step("normalised here", place) for place in places)
            message = (
                f"`{name}` normalises `{parameter}` {len(places)} times: where the client gives none, these are different"
                " moments"
            )
            self._tally.failed("normalised-again", (name,), message, places[1], steps)
        else:
            self._tally.passed()

    # --- every hop takes it ---

    def _judge_binding(self, trace: Trace) -> bool:
        seen: set[tuple[str, str]] = set()
        for rejection in trace.rejections:
            target = rejection.target
            if not rejection.carries or rejection.chain.guessed or (target, rejection.problem) in seen:
                continue
            seen.add((target, rejection.problem))
            message = (
                f"`{qualified(rejection.chain.function)}` hands `{self._contract.parameter}` to `{target}`, which"
                f" does not take these arguments: {rejection.problem}"
            )
            place = self._analysis.project.at(rejection.chain.function[0], rejection.at)
            steps = self._steps(rejection.chain, trace)
            self._tally.failed("does-not-bind", (self._name, target), message, place, steps)
        return bool(seen)

    # --- every query is bounded by it ---

    def _judge_queries(self, trace: Trace) -> bool:
        """Whether there was any query, or comparison, to judge."""
        reached = False
        models = self._analysis.storage.models("postgresql")
        bounds = Bounds(str(self._contract.parameter), self._contract.timeless, models, trace)
        verdicts: dict[tuple[str, Location], tuple[Outcome, str, str, Run]] = {}
        for run in trace.runs:
            judged = bounds.judge(run)
            if judged is None:
                continue
            place = self._analysis.project.at(run.chain.function[0], run.at)
            site = (qualified(run.chain.function), place)
            known = verdicts.get(site)
            if known is None or WORSE[judged[0]] > WORSE[known[0]]:
                verdicts[site] = (*judged, run)
        for (holder, place), (outcome, evidence, message, run) in verdicts.items():
            reached = True
            if outcome is Outcome.PASS:
                self._tally.passed()
                continue
            report = self._tally.failed if outcome is Outcome.FAIL else self._tally.undecided
            report(evidence, (self._name, holder), message, place, self._steps(run.chain, trace))
        return reached

    # --- used at all, and repeated ---

    def _judge_unused(self, trace: Trace, at: Location) -> None:
        name, parameter = self._name, self._contract.parameter
        for comparison in trace.comparisons:
            if comparison.op in BOUNDS and any(
                moments(side, trace.heap) == {Moment.FOLLOWED} for side in (comparison.left, comparison.right)
            ):
                self._tally.passed()
                return
        for escape in trace.escapes:
            place = self._analysis.project.at(escape.chain.function[0], escape.at)
            message = f"`{name}` hands `{parameter}` to something unknown ({escape.what}): what becomes of it cannot be told"
            steps = self._steps(escape.chain, trace)
            self._tally.undecided("handed-to-unknown", (name,), message, place, steps)
            return
        last = max(trace.passings, key=lambda p: p.chain.depth, default=None)
        if last is None:
            message = f"`{name}` takes `{parameter}` and does nothing with it"
            self._tally.failed("never-used", (name,), message, at)
            return
        where = qualified(last.chain.function)
        message = f"`{parameter}` of `{name}` gets as far as `{where}` and is compared with nothing: the read ignores it"
        self._tally.failed("never-used", (name,), message, at, self._steps(last.chain, trace))

    def _judge_echo(self, trace: Trace, at: Location) -> None:
        path = str(self._contract.echoed)
        values = trace.returned
        for word in path.split("."):
            values = tuple(atom for value in values for atom in self._member(value, word, trace))
        name, parameter = self._name, self._contract.parameter
        if values and all(isinstance(atom, Token) and not atom.raw for atom in values):
            self._tally.passed()
        elif any(isinstance(atom, Unknown) and not atom.type for atom in values):
            message = (
                f"whether `{path}` in the answer of `{name}` is the moment it was read at cannot be told"
            )
            self._tally.undecided("echo-not-told", (name,), message, at)
        else:
            what = "is something else" if values else "is missing"
            message = f"`{name}` does not say at which moment it read: `{path}` in its answer {what}, it should be `{parameter}`"
            self._tally.failed("not-echoed", (name,), message, at)

    @staticmethod
    def _member(atom: Alternative, word: str, trace: Trace) -> Value:
        made = trace.heap.get(atom.loc) if isinstance(atom, Ref) else None
        if made is not None:
            entry = made.entries.get(word)
            return entry.value if entry is not None else made.beyond if made.kind == "dict" else ()
        if isinstance(atom, Unknown):
            return (atom,)
        return ()

    # --- evidence ---

    def _steps(self, chain: Frame, trace: Trace) -> tuple[Step, ...]:
        carried = {id(p.chain): p.parameters for p in trace.passings}
        steps = []
        for hop in chain.hops()[1:]:
            if hop.caller is None:
                continue
            names = carried.get(id(hop), ())
            given = (
                f"with `{self._contract.parameter}` in {', '.join(f'`{n}`' for n in names)}"
                if names
                else "without it"
            )
            text = f"`{qualified(hop.caller.function)}` calls `{qualified(hop.function)}` {given}"
            steps.append(Step(text, self._analysis.project.at(hop.caller.function[0], hop.at)))
        return tuple(steps)
