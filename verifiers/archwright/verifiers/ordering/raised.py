"""What is raised after the sink was called, and swallowed by a caller that goes on to return: nothing follows the sink then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from archwright.contracts.language import Selector, Subject
from archwright.project.calls.calls import Site
from archwright.project.code import Scope
from archwright.project.control_flow.cfg import Node
from archwright.project.flow.demands import Left
from archwright.project.flow.flow import Flow
from archwright.project.types.values import FunctionValue
from archwright.verifiers.ordering.moments import over
from archwright.verifiers.ordering.outcomes import Obligation, Question

if TYPE_CHECKING:
    from archwright.verifiers.ordering.obligations import Judge

_MAX_CALLERS = 12


class RaisedAfter:
    """Looks for such callers of one call of the sink; those in modules *handled_in* may swallow what they like."""

    def __init__(self, judge: Judge, handled_in: Selector | None) -> None:
        self._judge = judge
        self._handled_in = handled_in
        self._seen: set[tuple[int, frozenset[int]]] = set()

    def find(self, question: Question, flow: Flow, nodes: Sequence[Node]) -> Obligation | None:
        """The undecided obligation where a caller of the function at hand swallows an exception; None where none does."""
        scope: Scope = question.site.scope
        if scope.kind != "function" or len(question.trail) >= _MAX_CALLERS:
            return None
        raised = flow.left_by(nodes, question.site.node, question.left).raised - question.demand.holds
        if not raised or (id(scope), raised) in self._seen:
            return None
        self._seen.add((id(scope), raised))
        asked = replace(
            question,
            left=Left((), frozenset(), raised),
            trail=(self._judge.say.hop(question.site), *question.trail),
        )
        for site in self._judge.analysis.calls.of(FunctionValue(scope.module, scope.qualname)):
            if site.certain and site.is_call and not self._may_swallow(site.scope):
                found = self._at(replace(asked, site=site))
                if found is not None:
                    return found
        return None

    def _at(self, question: Question) -> Obligation | None:
        site: Site = question.site
        flow = self._judge.flow(site.scope)
        nodes = over(flow, site, self._judge.analysis.inference).over
        for node in nodes:
            way = flow.unmet_after(node, question.demand, site.node, question.left)
            if way is not None:
                return self._judge.say.swallowed(question, way)
        return self.find(question, flow, nodes)

    def _may_swallow(self, scope: Scope) -> bool:
        unit = self._judge.analysis.project.unit(scope.module)
        subject = Subject(module=scope.module, unit=unit, function=scope.qualified)
        return self._handled_in is not None and self._handled_in.matches(subject)
