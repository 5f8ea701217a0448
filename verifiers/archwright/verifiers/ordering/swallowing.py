"""Whether the exception of a guard gets out, or some handler on the way swallows it."""

from __future__ import annotations

from archwright.contracts.language import Selector, Subject
from archwright.facts import ir
from archwright.facts.walk import walk_own
from archwright.model import Step
from archwright.project.analysis import Analysis
from archwright.project.calls.calls import Site
from archwright.project.code import Scope
from archwright.project.control_flow.cfg import Frame, Node
from archwright.project.control_flow.exceptions import ANY_EXCEPTION, exception_type
from archwright.project.flow.flow import Flow
from archwright.project.render import render
from archwright.project.types.values import FunctionValue
from archwright.verifiers.bodies import short_name
from archwright.verifiers.ordering.obligations import Judge
from archwright.verifiers.ordering.outcomes import Obligation, Proof

_MAX_CALLS = 12


def find_swallowed(
    obligation: Obligation, judge: Judge, handled_in: Selector | None, analysis: Analysis
) -> Obligation | None:
    """The failed obligation when a guard that *obligation* rests on is swallowed; None when every one gets out."""
    search = _Search(obligation, judge, handled_in, analysis)
    for proof in obligation.proofs:
        for node, exception in _guards(proof, analysis):
            found = search.follow(proof.flow, node.frame, exception, (_raise_step(proof, node, analysis),))
            if found is not None:
                return found
    return None


class _Search:
    def __init__(
        self, obligation: Obligation, judge: Judge, handled_in: Selector | None, analysis: Analysis
    ) -> None:
        self._obligation = obligation
        self._judge = judge
        self._handled_in = handled_in
        self._analysis = analysis
        self._seen: set[tuple[str, str, str]] = set()

    def follow(
        self, flow: Flow, frame: Frame | None, exception: str, trail: tuple[Step, ...]
    ) -> Obligation | None:
        """Follows an exception raised inside *frame* of a function, then out of it into the callers."""
        scope = flow.scope
        arrival = flow.builder.route(frame, exception)
        reached = flow.reachable(arrival)
        if flow.graph.exit in reached:
            return None if self._may_handle(scope) else self._swallowed(scope, arrival, reached, trail)
        if scope.kind != "function" or len(trail) > _MAX_CALLS:
            return None
        key = (scope.module, scope.qualname, exception)
        if key in self._seen:
            return None
        self._seen.add(key)
        function = FunctionValue(scope.module, scope.qualname)
        around = [
            Site(wrapper.scope, call, True, True, function)
            for wrapper in self._analysis.flows.wrappers(scope)
            for call in wrapper.calls
        ]
        for site in (*around, *self._analysis.calls.of(function)):
            if not (site.certain and site.is_call):
                continue
            above = self._judge.flow(site.scope)
            for node in above.calls(site.node):
                where = self._analysis.project.at(site.scope.module, node.at)
                step = Step(
                    f"leaves `{short_name(scope.qualified)}` into `{short_name(site.scope.qualified)}`", where
                )
                found = self.follow(above, node.frame, exception, (*trail, step))
                if found is not None:
                    return found
        return None

    def _may_handle(self, scope: Scope) -> bool:
        unit = self._analysis.project.unit(scope.module)
        subject = Subject(module=scope.module, unit=unit, function=scope.qualified)
        return self._handled_in is not None and self._handled_in.matches(subject)

    def _swallowed(
        self, scope: Scope, arrival: Node, reached: set[Node], trail: tuple[Step, ...]
    ) -> Obligation:
        handlers = sorted((n for n in reached if n.kind == "handler"), key=lambda n: n.at)
        leaves = sorted((n for n in reached if n.kind == "leave"), key=lambda n: n.at)
        place = (handlers or leaves or [arrival])[0]  # else a finally that returns
        location = self._analysis.project.at(scope.module, place.at)
        sink = self._obligation.symbols[-1]
        name = scope.qualified.split("#")[0]
        return Obligation(
            False,
            False,
            "guard-swallowed",
            (name, sink),
            f"`{short_name(name)}` swallows the exception of the guard before `{short_name(sink)}`",
            location,
            (*trail, Step("is caught here, and the function goes on to return normally", location)),
        )


def _guards(proof: Proof, analysis: Analysis) -> list[tuple[Node, str]]:
    """The steps of a function that stop the paths on which the requirement is not met, with what they raise."""
    found: list[tuple[Node, str]] = []
    flow, scope = proof.flow, proof.flow.scope
    for node in flow.graph.nodes:
        if node.kind == "raise":
            if flow.stops(node, proof.demand):
                found.append((node, exception_type(node.expr, scope, analysis.inference)))
        elif (
            node.kind == "call"
            and isinstance(node.expr, ir.Call)
            and node is not proof.node
            and flow.stops(node, proof.demand)
        ):
            found.extend((node, kind) for kind in _raised_by(node.expr, scope, analysis))
    return found


def _raised_by(call: ir.Call, scope: Scope, analysis: Analysis) -> list[str]:
    """The exception classes the called helper raises itself."""
    kinds: set[str] = set()
    for value in analysis.inference.callees(call, scope):
        inner = analysis.inference.scope(value) if isinstance(value, FunctionValue) else None
        for node in walk_own(inner.body) if inner is not None else ():
            if isinstance(node, ir.Raise) and inner is not None:
                kinds.add(exception_type(node.exc, inner, analysis.inference))
    return sorted(kinds) or [ANY_EXCEPTION]


def _raise_step(proof: Proof, node: Node, analysis: Analysis) -> Step:
    what = "the guard raises" if node.kind == "raise" else f"the guard in `{render(node.expr)}` raises"
    return Step(what, analysis.project.at(proof.flow.scope.module, node.at))
