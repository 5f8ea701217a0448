"""Where a requirement is met: in the function that makes the call, or in everyone who calls that function."""

from __future__ import annotations

from dataclasses import dataclass, replace

from archwright.facts import ir
from archwright.facts.walk import walk, walk_own
from archwright.model import Location, Step
from archwright.project.analysis import Analysis
from archwright.project.calls import Site
from archwright.project.cfg import Node
from archwright.project.code import Scope
from archwright.project.demands import Demand, Way
from archwright.project.flow import Flow
from archwright.project.operations.reaching import span_of
from archwright.project.render import render
from archwright.project.terms import SELF, Terms, bind_arguments, substitute
from archwright.project.translation import to_caller
from archwright.project.values import FunctionValue
from archwright.verifiers.bodies import short_name
from archwright.verifiers.requirements import Compiled

_MAX_CALLERS = 12
"""How many calls up the search goes before it gives up."""
_MOST_STEPS = 3_000_000
"""Steps through functions that one call of the sink may take to judge, its callers included …"""
_ALL_STEPS = 20_000_000
"""… as long as all calls together have not taken as many as this …"""
_LEAST_STEPS = 50_000
"""… and afterwards."""


@dataclass(frozen=True)
class Proof:
    """A function in which the requirement was found to be met, and where."""

    flow: Flow
    node: Node
    demand: Demand
    site: Site


@dataclass(frozen=True)
class Obligation:
    """What became of the requirement at one call of the sink."""

    met: bool
    undecided: bool
    evidence: str
    symbols: tuple[str, ...]
    message: str
    location: Location
    steps: tuple[Step, ...] = ()
    proofs: tuple[Proof, ...] = ()
    entered: bool = True
    """Whether it was met for somebody, not only for functions that call each other in a circle."""


class Judge:
    """Judges the sites of one requirement; *forward*: it must hold before the call, else after it."""

    def __init__(self, analysis: Analysis, compiled: Compiled, *, forward: bool) -> None:
        self.analysis = analysis
        self.compiled = compiled
        self.forward = forward
        self._busy: set[tuple[int, frozenset[int], tuple[str, ...]]] = set()
        self._asked: dict[tuple[int, frozenset[int], tuple[str, ...]], bool] = {}
        """What callers have been asked about the site at hand, and whether anybody came in from outside of a recursion.
        What they fail, the site fails, so nobody is asked twice."""
        self._left = _ALL_STEPS

    def judge(self, site: Site) -> Obligation:
        """Whether the requirement is met at *site*, a call of the sink."""
        self._asked.clear()
        terms = Terms(site.scope, self.analysis.inference)
        conditions = tuple(self._at_site(c, site, terms) for c in self.compiled.conditions)
        demand = Demand(conditions, self.compiled.holds)
        steps = max(_LEAST_STEPS, min(_MOST_STEPS, self._left))
        found, used = self.analysis.flows.bounded(steps, lambda: self._judge(site, demand, (), site))
        self._left -= used
        self._busy.clear()
        return found or self._endless(site)

    # --- one function ---

    def _judge(self, site: Site, demand: Demand, trail: tuple[Step, ...], sink: Site) -> Obligation:
        scope: Scope = site.scope
        flow = self.analysis.flows.flow(scope, self.compiled.events)
        nodes = flow.calls(site.node) if site.is_call else []
        if not nodes:
            if site.is_call and not _deferred(site.node, scope):
                return self._met(site, sink, ())  # unreachable code runs nothing
            return self._deferred(site, demand, trail, sink)
        way = next((way for n in nodes if (way := self._unmet(flow, n, demand)) is not None), None)
        if way is None:
            return self._met(site, sink, tuple(Proof(flow, n, demand, site) for n in nodes))
        if not site.certain or self._optimistically_met(scope, site, demand):
            return self._open(site, sink, way, trail)
        return self._ask_callers(site, flow, nodes, demand, way, trail, sink) or self._failed(
            site, sink, way, trail
        )

    def _unmet(self, flow: Flow, node: Node, demand: Demand) -> Way | None:
        return flow.unmet(node, demand) if self.forward else flow.unmet_after(node, demand)

    def _optimistically_met(self, scope: Scope, site: Site, demand: Demand) -> bool:
        """Whether it would be met if every call that may be one of the events were one."""
        flow = self.analysis.flows.flow(scope, self.compiled.events, optimistic=True)
        nodes = flow.calls(site.node)
        return all(self._unmet(flow, node, demand) is None for node in nodes)

    # --- callers ---

    def _ask_callers(
        self,
        site: Site,
        flow: Flow,
        nodes: list[Node],
        demand: Demand,
        way: Way,
        trail: tuple[Step, ...],
        sink: Site,
    ) -> Obligation | None:
        """What the callers of the function make of it; None when they cannot help."""
        scope: Scope = site.scope
        if scope.kind != "function" or len(trail) >= _MAX_CALLERS:
            return None
        needed = self._needed(flow, nodes, demand)
        if not needed.holds:
            return None
        callee = FunctionValue(scope.module, scope.qualname)
        callers = self.analysis.calls.of(callee)
        if not any(c.certain for c in callers):
            return None
        key = (id(scope), needed.holds, tuple(map(render, needed.conditions)))
        if key in self._asked:
            return replace(self._met(site, sink, ()), entered=self._asked[key])
        self._busy.add(key)
        self._asked[key] = False
        try:
            hop = Step(f"`{short_name(_name(scope))}` calls `{render(site.node.func)}`", self._location(site))
            found = self._settled(callers, scope, needed, (hop, *trail), site, sink)
        finally:
            self._busy.discard(key)
        self._asked[key] = found.entered
        # A recursion is entered from outside it; one that nobody enters is like a function that nobody calls.
        return found if found.entered or self._busy else None

    def _settled(
        self,
        callers: tuple[Site, ...],
        callee: Scope,
        needed: Demand,
        trail: tuple[Step, ...],
        site: Site,
        sink: Site,
    ) -> Obligation:
        """The first caller that fails; else the first that cannot be told; else what all of them show."""
        results: dict[int, Obligation] = {}
        # A call on something unknown cannot fail: whoever can is asked first, and the first failure is enough.
        for number in sorted(range(len(callers)), key=lambda n: not callers[n].certain):
            if not callers[number].certain and any(r.undecided and n < number for n, r in results.items()):
                break
            result = results[number] = self._judge_caller(callers[number], callee, needed, trail, sink)
            if not result.met and not result.undecided:
                return result
        for _, result in sorted(results.items(), key=lambda entry: entry[0]):
            if result.undecided:
                return result
        proofs = tuple(p for n in sorted(results) for p in results[n].proofs)
        entered = any(result.entered for result in results.values())
        return replace(self._met(site, sink, ()), proofs=proofs, entered=entered)

    def _needed(self, flow: Flow, nodes: list[Node], demand: Demand) -> Demand:
        if not self.forward:
            return Demand((), demand.holds)
        demands = [flow.demanded_of_callers(node, demand) for node in nodes]
        holds = demands[0].holds
        for other in demands[1:]:
            holds &= other.holds
        return Demand(demands[0].conditions, holds)

    def _judge_caller(
        self, caller: Site, callee: Scope, needed: Demand, trail: tuple[Step, ...], sink: Site
    ) -> Obligation:
        terms = Terms(caller.scope, self.analysis.inference)
        if caller.is_call and caller.value is not None:
            value = caller.value
            conditions = tuple(to_caller(c, caller.node, callee, value, terms) for c in needed.conditions)
            if any(key[0] == id(caller.scope) for key in self._busy):
                # Round a recursion only what is passed on as it is can be followed; ``depth - 1`` never ends.
                conditions = tuple(c if c is not None and ir.dotted(c) else None for c in conditions)
        else:
            conditions = tuple(None for _ in needed.conditions)
        return self._judge(caller, Demand(conditions, needed.holds), trail, sink)

    # --- conditions ---

    def _at_site(self, condition: ir.Expr, site: Site, terms: Terms) -> ir.Expr | None:
        """The contract's condition in the terms of the function that calls the sink.

        Names of the sink's parameters stand for the arguments given there, ``self`` for the method's receiver; other names are
        taken as that function's own.
        """
        mapping: dict[str, ir.Expr | None] = {}
        if site.is_call and site.value is not None:
            callee = self.analysis.inference.scope(site.value)
            if callee is not None:
                mapping = dict(bind_arguments(site.node, callee, site.value))
        mapping.pop(SELF, None)
        receiver = terms.receiver
        return terms.canonical(
            substitute(
                condition,
                lambda name: ir.Name(receiver) if name == SELF and receiver else mapping.get(name),
            )
        )

    # --- outcomes ---

    def _deferred(self, site: Site, demand: Demand, trail: tuple[Step, ...], sink: Site) -> Obligation:
        """The sink is handed on as a value, or called in a lambda: it runs later, from a place that cannot be seen."""
        scope: Scope = site.scope
        flow = self.analysis.flows.flow(scope, self.compiled.events)
        nodes = flow.nodes_of(lambda n: n.expr is not None and _contains(n.expr, site.node))
        if self.forward and nodes and all(flow.unmet(n, demand) is None for n in nodes):
            return self._met(site, sink, tuple(Proof(flow, n, demand, site) for n in nodes))
        what = render(site.node.func if site.is_call else site.node)
        return Obligation(
            False,
            True,
            "undecided-order",
            (_name(scope), self._sink_name(sink)),
            f"`{short_name(_name(scope))}` hands `{what}` on to be called later; what has happened by then cannot be told",
            self._location(site),
            trail,
        )

    def _endless(self, site: Site) -> Obligation:
        name = self._sink_name(site)
        message = f"too many ways lead to `{short_name(name)}` in `{short_name(_name(site.scope))}` to follow them all"
        symbols = (_name(site.scope), name)
        return Obligation(False, True, "undecided-order", symbols, message, self._location(site))

    def _met(self, site: Site, sink: Site, proofs: tuple[Proof, ...]) -> Obligation:
        symbols = (_name(site.scope), self._sink_name(sink))
        return Obligation(True, False, "", symbols, "", self._location(sink), (), proofs)

    def _open(self, site: Site, sink: Site, way: Way, trail: tuple[Step, ...]) -> Obligation:
        failed = self._failed(site, sink, way, trail)
        if site.certain:
            message = f"whether {failed.message} cannot be told"
        else:
            what = render(site.node.func)
            message = (
                f"`{short_name(_name(site.scope))}` calls `{what}` on an object of unknown type with no "
                f"{self.compiled.wanted} {self._order}; whether it must cannot be told"
            )
        return replace(failed, undecided=True, evidence="undecided-order", message=message)

    def _failed(self, site: Site, sink: Site, way: Way, trail: tuple[Step, ...]) -> Obligation:
        scope: Scope = site.scope
        name = self._sink_name(sink)
        wanted = self.compiled.wanted
        steps = tuple(Step(text, self.analysis.project.at(scope.module, span)) for text, span in way.steps)
        if trail:
            steps += (
                Step(f"`{short_name(_name(scope))}` calls `{render(site.node.func)}`", self._location(site)),
                *trail,
            )
        return Obligation(
            False,
            False,
            "not-dominated" if self.forward else "not-followed",
            (_name(scope), name),
            f"`{short_name(_name(scope))}` can reach `{short_name(name)}` with no {wanted} {self._order}",
            self._location(site),
            steps,
        )

    @property
    def _order(self) -> str:
        return "before it" if self.forward else "after it, before the return"

    def _sink_name(self, sink: Site) -> str:
        return sink.value.qualified if sink.value is not None else render(_callee(sink))

    def _location(self, site: Site) -> Location:
        return self.analysis.project.at(site.scope.module, span_of(site))


def _callee(site: Site) -> ir.Expr:
    expr: ir.Expr = site.node.func if site.is_call else site.node
    return expr


def _name(scope: Scope) -> str:
    return scope.qualified.split("#")[0]


def _deferred(call: ir.Call, scope: Scope) -> bool:
    """Whether a call stands in a lambda or a generator expression."""
    return any(
        (isinstance(node, ir.Lambda) or (isinstance(node, ir.Comp) and node.kind == "generator"))
        and _contains(node, call)
        for node in walk_own(scope.body)
    )


def _contains(expr: object, wanted: object) -> bool:
    return any(node is wanted for node in walk(expr))
