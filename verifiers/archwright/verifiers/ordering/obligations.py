"""Where a requirement is met: in the function that makes the call, or in everyone who calls that function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from archwright.contracts.language import Selector
from archwright.facts import ir
from archwright.project.analysis import Analysis
from archwright.project.calls.calls import Site
from archwright.project.code import Scope
from archwright.project.control_flow.cfg import Node
from archwright.project.flow.demands import Demand, Left, Way
from archwright.project.flow.flow import Flow
from archwright.project.flow.terms import Terms
from archwright.project.flow.translation import to_caller
from archwright.project.render import render
from archwright.project.substitution import SELF, bind_arguments, substitute
from archwright.project.types.values import FunctionValue
from archwright.verifiers.ordering.condition_names import ConditionNames
from archwright.verifiers.ordering.moments import made, over
from archwright.verifiers.ordering.outcomes import Obligation, Outcomes, Proof, Question
from archwright.verifiers.ordering.raised import RaisedAfter
from archwright.verifiers.requirements import Compiled

_MAX_CALLERS = 12
"""How many calls up the search goes before it gives up."""
_MOST_STEPS = 500_000
"""Steps through functions that one call of the sink may take to judge, its callers included …"""
_ALL_STEPS = 4_000_000
"""… as long as all calls together have not taken as many as this …"""
_LEAST_STEPS = 10_000
"""… and afterwards."""

_Key = tuple[object, ...]


class Judge:
    """Judges the sites of one requirement; *forward*: it must hold before the call, else after it.

    *here*: in the function of the call. *handled_in*: the modules that may swallow exceptions.
    """

    def __init__(
        self,
        analysis: Analysis,
        compiled: Compiled,
        *,
        forward: bool,
        here: bool = False,
        handled_in: Selector | None = None,
    ) -> None:
        self.analysis = analysis
        self.compiled = compiled
        self.forward = forward
        self._here = here
        self._handled_in = handled_in
        self._names = ConditionNames(analysis)
        self.say = Outcomes(analysis.project, compiled.wanted, forward=forward)
        self._flows: dict[tuple[int, bool], Flow] = {}
        self._busy: set[_Key] = set()
        self._asked: dict[_Key, bool] = {}
        """What callers have been asked about the site at hand, and whether anybody came in from outside of a recursion.
        What they fail, the site fails, so nobody is asked twice."""
        self._left = _ALL_STEPS

    def judge(self, site: Site) -> Obligation:
        """Whether the requirement is met at *site*, a call of the sink."""
        terms = self.analysis.flows.terms(site.scope)
        meanings = [self._at_site(conditions, site, terms) for conditions in self._meanings(site)]
        found = [self._judged(Question(site, site, Demand(m, self.compiled.holds))) for m in meanings]
        if len(found) == 1 or all(o.met for o in found):
            return found[0]
        if not any(o.met or o.undecided for o in found):
            return found[0]
        question = Question(site, site, Demand((), self.compiled.holds))
        several = [c for conditions in meanings for c in conditions if c is not None]
        return self.say.ambiguous(question, several)

    def flow(self, scope: Scope, *, optimistic: bool = False) -> Flow:
        """The flow of a function under the events of the requirement."""
        found = self._flows.get((id(scope), optimistic))
        if found is None:
            found = self.analysis.flows.flow(scope, self.compiled.events, optimistic=optimistic)
            self._flows[id(scope), optimistic] = found
        return found

    def _judged(self, question: Question) -> Obligation:
        self._asked.clear()
        steps = max(_LEAST_STEPS, min(_MOST_STEPS, self._left))
        found, used = self.analysis.flows.bounded(steps, lambda: self._judge(question))
        self._left -= used
        self._busy.clear()
        return found or self.say.endless(question)

    # --- one function ---

    def _judge(self, question: Question) -> Obligation:
        site = question.site
        scope: Scope = site.scope
        flow = self.flow(scope)
        nodes = made(flow, site)
        if not nodes:
            if site.is_call and not self.analysis.flows.places(scope).is_deferred(site.node):
                return self.say.met(question)  # unreachable code runs nothing
            return self._deferred(question)
        if not self.forward:
            return self._judge_after(question, flow, nodes)
        way = self._unmet(flow, nodes, question)
        if way is None:
            return self.say.met(question, tuple(Proof(flow, n, question.demand, site) for n in nodes))
        return self._beyond(question, flow, nodes, way)

    def _judge_after(self, question: Question, flow: Flow, nodes: list[Node]) -> Obligation:
        moments = over(flow, question.site, self.analysis.inference)
        way = self._unmet(flow, moments.over, question)
        if way is None:
            if not moments.surely:
                return self.say.begun(question)
            swallowed = RaisedAfter(self, self._handled_in).find(question, flow, moments.over)
            proofs = tuple(Proof(flow, n, question.demand, question.site) for n in nodes)
            return swallowed or self.say.met(question, proofs)
        if moments.piecemeal and any(flow.completes_behind(node) for node in nodes):
            return self.say.begun(question)
        if moments.over != tuple(nodes) and self._unmet(flow, nodes, question) is None:
            return self.say.begun(question)  # it may have run before it was waited for
        return self._beyond(question, flow, moments.over, way)

    def _beyond(self, question: Question, flow: Flow, nodes: Sequence[Node], way: Way) -> Obligation:
        """What becomes of a requirement that the function at hand does not meet."""
        if not question.site.certain or self._optimistically_met(question):
            return self.say.open(question, way)
        wrapped = self._met_by_wrapper(question, flow, nodes)
        if wrapped is not None:
            return wrapped
        return self._ask_callers(question, flow, nodes) or self.say.failed(question, way)

    def _unmet(self, flow: Flow, nodes: Sequence[Node], question: Question) -> Way | None:
        demand, call, left = question.demand, question.site.node, question.left
        ways = (
            flow.unmet(node, demand) if self.forward else flow.unmet_after(node, demand, call, left)
            for node in nodes
        )
        return next((way for way in ways if way is not None), None)

    def _optimistically_met(self, question: Question) -> bool:
        """Whether it would be met if every call that may be one of the events were one."""
        flow = self.flow(question.site.scope, optimistic=True)
        if self.forward:
            return self._unmet(flow, made(flow, question.site), question) is None
        return self._unmet(flow, over(flow, question.site, self.analysis.inference).over, question) is None

    def _deferred(self, question: Question) -> Obligation:
        """The sink is handed on as a value, or called in a lambda."""
        site, demand = question.site, question.demand
        flow = self.flow(site.scope)
        nodes = self.analysis.flows.places(site.scope).around(site.node)
        if self.forward and nodes and all(flow.unmet(n, demand) is None for n in nodes):
            return self.say.met(question, tuple(Proof(flow, n, demand, site) for n in nodes))
        return self.say.later(question)

    # --- callers ---

    def _ask_callers(self, question: Question, flow: Flow, nodes: Sequence[Node]) -> Obligation | None:
        """What the callers of the function make of it; None when they cannot help."""
        site = question.site
        scope: Scope = site.scope
        if self._here or scope.kind != "function" or len(question.trail) >= _MAX_CALLERS:
            return None
        callers = self.analysis.calls.of(FunctionValue(scope.module, scope.qualname))
        if not any(c.certain for c in callers):
            return None
        asked = self._asked_of_callers(question, flow, nodes)
        if asked is None:
            return None
        key = _key(scope, asked)
        if key in self._asked:
            return replace(self.say.met(question), entered=self._asked[key])
        self._busy.add(key)
        self._asked[key] = False
        try:
            found = self._settled(callers, scope, asked)
        finally:
            self._busy.discard(key)
        self._asked[key] = found.entered
        # A recursion is entered from outside it; one that nobody enters is like a function that nobody calls.
        return found if found.entered or self._busy else None

    def _met_by_wrapper(self, question: Question, flow: Flow, nodes: Sequence[Node]) -> Obligation | None:
        """What a decorator shows that runs around every call of the function; None where none is enough."""
        scope: Scope = question.site.scope
        wrappers = self.analysis.flows.wrappers(scope) if scope.kind == "function" else ()
        asked = self._asked_of_callers(question, flow, nodes) if wrappers else None
        if asked is None:
            return None
        for wrapper in wrappers:
            around = self.flow(wrapper.scope)
            proofs: list[Proof] = []
            for call in wrapper.calls:
                site = Site(wrapper.scope, call, True, True, FunctionValue(scope.module, scope.qualname))
                put = self._put_to(site, scope, asked)
                ends = over(around, site, self.analysis.inference).over
                if self._unmet(around, made(around, site) if self.forward else ends, put) is None:
                    proofs += [Proof(around, node, put.demand, site) for node in made(around, site)]
            if len(proofs) >= len(wrapper.calls):
                return self.say.met(question, tuple(proofs))
        return None

    def _asked_of_callers(self, question: Question, flow: Flow, nodes: Sequence[Node]) -> Question | None:
        """What the callers have to show, in the terms of the function they call; None when nothing they do is enough."""
        trail = (self.say.hop(question.site), *question.trail)
        if not self.forward:
            left = flow.left_by(nodes, question.site.node, question.left)
            return replace(question, left=left, trail=trail)
        needed = flow.demanded_of_callers(nodes, question.demand)
        return replace(question, demand=needed, trail=trail) if needed.holds else None

    def _settled(self, callers: tuple[Site, ...], callee: Scope, asked: Question) -> Obligation:
        """The first caller that fails; else the first that cannot be told; else what all of them show."""
        results: dict[int, Obligation] = {}
        # A call on something unknown cannot fail: whoever can is asked first, and the first failure is enough.
        for number in sorted(range(len(callers)), key=lambda n: not callers[n].certain):
            if not callers[number].certain and any(r.undecided and n < number for n, r in results.items()):
                break
            result = results[number] = self._judge(self._put_to(callers[number], callee, asked))
            if not result.met and not result.undecided:
                return result
        for _, result in sorted(results.items(), key=lambda entry: entry[0]):
            if result.undecided:
                return result
        proofs = tuple(p for n in sorted(results) for p in results[n].proofs)
        entered = any(result.entered for result in results.values())
        return replace(self.say.met(asked), proofs=proofs, entered=entered)

    def _put_to(self, caller: Site, callee: Scope, asked: Question) -> Question:
        """*asked*, about calls of *callee*, in the terms of one caller."""
        terms = self.analysis.flows.terms(caller.scope)
        recursive = any(key[0] == id(caller.scope) for key in self._busy)

        def said(conditions: tuple[ir.Expr | None, ...]) -> tuple[ir.Expr | None, ...]:
            if not caller.is_call or caller.value is None:
                return tuple(None for _ in conditions)
            found = (to_caller(c, caller.node, callee, caller.value, terms) for c in conditions)
            # Round a recursion only what is passed on as it is can be followed; ``depth - 1`` never ends.
            return tuple(c if c is not None and (not recursive or ir.dotted(c)) else None for c in found)

        left = asked.left
        return replace(
            asked,
            site=caller,
            demand=Demand(said(asked.demand.conditions), asked.demand.holds),
            left=None if left is None else Left(said(left.conditions), left.returned, left.raised),
        )

    # --- conditions ---

    def _meanings(self, site: Site) -> list[tuple[ir.Expr, ...]]:
        """The conditions of the contract in each of their meanings."""
        callee = self.analysis.inference.scope(site.value) if site.value is not None else None
        given = {param.name for param in callee.params} if callee is not None else set()
        found: list[tuple[ir.Expr, ...]] = [()]
        for condition in self.compiled.conditions:
            meant = self._names.meanings(condition, site.scope, given)
            found = [(*before, one) for before in found for one in meant]
        return found

    def _at_site(
        self, conditions: tuple[ir.Expr, ...], site: Site, terms: Terms
    ) -> tuple[ir.Expr | None, ...]:
        """The contract's conditions in the terms of the function that calls the sink.

        Names of the sink's parameters stand for the arguments given there, ``self`` for the method's receiver.
        """
        mapping: dict[str, ir.Expr | None] = {}
        if site.is_call and site.value is not None:
            callee = self.analysis.inference.scope(site.value)
            if callee is not None:
                mapping = dict(bind_arguments(site.node, callee, site.value))
        mapping.pop(SELF, None)
        receiver = terms.receiver

        def given(name: str) -> ir.Expr | None:
            return ir.Name(receiver) if name == SELF and receiver else mapping.get(name)

        return tuple(terms.canonical(substitute(condition, given)) for condition in conditions)


def _key(scope: Scope, asked: Question) -> _Key:
    left = asked.left
    after = () if left is None else (left.returned, left.raised, tuple(map(render, left.conditions)))
    return (id(scope), asked.demand.holds, tuple(map(render, asked.demand.conditions)), after)
