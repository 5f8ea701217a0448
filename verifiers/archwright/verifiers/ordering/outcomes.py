"""What became of a requirement at one call of the sink, with what there is to say about it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from archwright.facts import ir
from archwright.model import Location, Step
from archwright.project.calls.calls import Site
from archwright.project.code import Scope
from archwright.project.control_flow.cfg import Node
from archwright.project.flow.demands import Demand, Left, Way
from archwright.project.flow.flow import Flow
from archwright.project.operations.reaching import span_of
from archwright.project.project import Project
from archwright.project.render import render
from archwright.verifiers.bodies import short_name


@dataclass(frozen=True)
class Question:
    """What is asked at one call: of the sink, or of a function in which it is called."""

    site: Site
    sink: Site
    """The call of the sink that all this is about."""
    demand: Demand
    """In the terms of the function that makes the call."""
    left: Left | None = None
    """What the call leaves behind where the sink was called in it; only asked about what comes after."""
    trail: tuple[Step, ...] = ()
    """The calls from here to the sink."""


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


class Outcomes:
    """Says what became of a requirement; *wanted* is the requirement in words, *forward*: it must hold before the call."""

    def __init__(self, project: Project, wanted: str, *, forward: bool) -> None:
        self._project = project
        self._wanted = wanted
        self._forward = forward

    def met(self, question: Question, proofs: tuple[Proof, ...] = ()) -> Obligation:
        """It is met."""
        symbols = (scope_name(question.site.scope), _sink_name(question.sink))
        return Obligation(True, False, "", symbols, "", self.location(question.sink), (), proofs)

    def failed(self, question: Question, way: Way) -> Obligation:
        """On *way* it is not met."""
        site, trail = question.site, question.trail
        scope: Scope = site.scope
        name = _sink_name(question.sink)
        steps = tuple(Step(text, self._project.at(scope.module, span)) for text, span in way.steps)
        if trail:
            steps += (self.hop(site), *trail)
        message = f"`{short_name(scope_name(scope))}` can reach `{short_name(name)}` with no {self._wanted} {self._order}"
        return Obligation(
            False,
            False,
            "not-dominated" if self._forward else "not-followed",
            (scope_name(scope), name),
            message,
            self.location(site),
            steps,
        )

    def open(self, question: Question, way: Way) -> Obligation:
        """On *way* it may or may not be met."""
        failed, site = self.failed(question, way), question.site
        if site.certain:
            message = f"whether {failed.message} cannot be told"
        else:
            message = (
                f"`{short_name(scope_name(site.scope))}` calls `{render(site.node.func)}` on an object of unknown type with no "
                f"{self._wanted} {self._order}; whether it must cannot be told"
            )
        return replace(failed, undecided=True, evidence="undecided-order", message=message)

    def later(self, question: Question) -> Obligation:
        """The call is only prepared: it runs later, from a place that cannot be seen."""
        site = question.site
        what = render(site.node.func if site.is_call else site.node)
        message = f"`{self._caller(site)}` hands `{what}` on to be called later; what has happened by then cannot be told"
        return self._undecided(question, message)

    def begun(self, question: Question) -> Obligation:
        """The call is only begun, and nobody waits for it where it could be told what comes after it."""
        site = question.site
        what = render(site.node.func)
        message = f"`{self._caller(site)}` only begins `{what}`; whether what it does comes before or after cannot be told"
        return self._undecided(question, message)

    def swallowed(self, question: Question, way: Way) -> Obligation:
        """The caller swallows on *way* what is raised after the sink was called."""
        failed = self.failed(question, way)
        message = (
            f"`{self._caller(question.site)}` goes on when `{render(question.site.node.func)}` raises; whether there is "
            f"{self._wanted.removeprefix('completed ')} after `{short_name(_sink_name(question.sink))}` then cannot be told"
        )
        return replace(failed, undecided=True, evidence="undecided-order", message=message)

    def endless(self, question: Question) -> Obligation:
        """It takes too long to find out."""
        name = short_name(_sink_name(question.sink))
        message = f"too many ways lead to `{name}` in `{self._caller(question.site)}` to follow them all"
        return self._undecided(question, message)

    def ambiguous(self, question: Question, meanings: list[ir.Expr]) -> Obligation:
        """The condition has several meanings, and it is not met in all of them."""
        texts = " or ".join(f"`{render(m)}`".replace("::", "") for m in meanings)
        message = (
            f"the condition of the guard before `{short_name(_sink_name(question.sink))}` may mean {texts}; "
            "whether it is checked cannot be told: write what it means by its full name"
        )
        return self._undecided(question, message)

    def hop(self, site: Site) -> Step:
        """The step from the function that makes a call into what it calls."""
        return Step(f"`{self._caller(site)}` calls `{render(site.node.func)}`", self.location(site))

    def location(self, site: Site) -> Location:
        """Where a call stands."""
        return self._project.at(site.scope.module, span_of(site))

    def _undecided(self, question: Question, message: str) -> Obligation:
        symbols = (scope_name(question.site.scope), _sink_name(question.sink))
        return Obligation(
            False, True, "undecided-order", symbols, message, self.location(question.site), question.trail
        )

    @property
    def _order(self) -> str:
        return "before it" if self._forward else "after it, before the return"

    @staticmethod
    def _caller(site: Site) -> str:
        return short_name(scope_name(site.scope))


def scope_name(scope: Scope) -> str:
    """The full name of a function, without its number among namesakes."""
    return scope.qualified.split("#")[0]


def _sink_name(sink: Site) -> str:
    if sink.value is not None:
        return sink.value.qualified
    return render(sink.node.func if sink.is_call else sink.node)
