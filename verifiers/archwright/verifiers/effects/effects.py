"""Effect contracts: what code of a unit must not do, neither itself nor through what it calls, and who alone may do it.

Effects are known by what is called – through aliases, attributes, factories, properties, context managers, decorators and
functions handed on – not by how a line reads. A call on something of unknown type whose name says what it would do is undecided.

Of other packages the catalogue knows the standard library, SQLAlchemy, Alembic, Pydantic, FastAPI, httpx and some more. What code
of any other package does is undecided – one finding for each contract and package – until somebody has judged it: an entry of
``catalogue`` gives calls an effect, or ``none``, e.g. ``- {effect: none, call: "acme.**"}``. The first entry that fits decides;
effects that the catalogue knows stay. ``forbid`` counts the packages that the units reach, ``only`` those that are used outside
of what is allowed, ``blocking`` those that coroutines use without awaiting them.

The effects: ``db.read``, ``db.write``, ``db.flush``, ``db.lock``, ``db.transaction`` (with its parts ``begin``, ``commit``,
``rollback`` and ``savepoint``), ``clock``, ``random``, ``sleep``, ``network``, ``filesystem`` (``read``, ``write``), ``env``,
``process``. A group stands for all of its parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Literal

from msgspec import Meta

from archwright.contracts.language import Pattern, Problem, Selector
from archwright.model import CheckResult, Location
from archwright.project.analysis import Analysis
from archwright.project.effects.catalogue import DYNAMIC
from archwright.project.effects.effects import EffectGraph, Key, Label, Witness
from archwright.project.effects.facts import CallEdge, Effect, EffectSite
from archwright.verifiers.bodies import SelectedBodies, qualified
from archwright.verifiers.effects.packages import EffectName, JudgingContract, UnjudgedPackages, chain
from archwright.verifiers.tally import Tally

Labels = Callable[[EffectSite], Iterator[Label]]
_HINT = 'name effects such as "db.write" or "clock"'


class EffectsContract(JudgingContract, frozen=True, kw_only=True):
    """What contracts on effects that may be those of certain tables have in common."""

    tables: Annotated[
        tuple[Pattern, ...], Meta(description="Of reads and writes only those of these tables count")
    ] = ()
    except_tables: Annotated[
        tuple[Pattern, ...], Meta(description="Reads and writes of these tables do not count")
    ] = ()

    def problems(self) -> Iterator[Problem]:
        """Tables given both ways, and what is wrong with the catalogue."""
        yield from super().problems()
        if self.tables and self.except_tables:
            message = f'contract "{self.id}" gives "tables" and "except_tables"'
            yield Problem(self.origin, message, "keep one of them")


class ForbidEffectsContract(EffectsContract, frozen=True, kw_only=True):
    """Code that must not have certain effects, neither itself nor, with ``transitive``, through what it calls."""

    units: Annotated[Selector, Meta(description="say whose code is meant: modules, classes or functions")]
    forbid: Annotated[tuple[EffectName, ...], Meta(description=_HINT)]
    transitive: Annotated[
        Literal["none", "within-unit", "always"],
        Meta(
            description="Which calls are followed: none, those that stay in the caller's own layer and domain, or all"
        ),
    ] = "always"
    except_in: Annotated[
        Selector | None, Meta(description="Code that may have the effects, also on behalf of its callers")
    ] = None


class OnlyEffectsContract(EffectsContract, frozen=True, kw_only=True):
    """Effects that only certain code has, each where it happens."""

    effects: Annotated[tuple[EffectName, ...], Meta(description=_HINT)]
    only_in: Annotated[Selector, Meta(description="say which code may have them")]
    within: Annotated[
        Selector | None, Meta(description="Whose effects are looked at; all code when it is not given")
    ] = None


class BlockingContract(JudgingContract, frozen=True, kw_only=True):
    """Coroutines hold up nobody: nothing blocking in them, nor in the plain functions they call on their own thread."""

    units: Annotated[Selector, Meta(description="say whose coroutines are meant")]
    blocking: Annotated[
        tuple[EffectName, ...], Meta(description="The effects that must not be had in a blocking way")
    ] = ("sleep", "network", "process")
    except_in: Annotated[Selector | None, Meta(description="Code that may block")] = None


def check_forbid_effects(contract: ForbidEffectsContract, analysis: Analysis) -> CheckResult:
    """Judges every function of the units, and the bodies of modules and classes that call anything.

    A call from one of them to another is not followed: each is a site of its own.
    """
    tally = Tally(contract)
    graph = _graph(contract, analysis)
    excepted = SelectedBodies(contract.except_in, analysis)
    roots = [key for key in SelectedBodies(contract.units, analysis).all() if key not in excepted]
    project = analysis.project

    def enters(caller: Key, edge: CallEdge) -> bool:
        if contract.transitive == "none" or edge.target in excepted:
            return False
        if contract.transitive == "always" or edge.module == caller[0]:
            return True
        unit = project.unit(caller[0])
        return unit is not None and unit == project.unit(edge.module)

    effects, packages = _labels(contract.forbid, contract), UnjudgedPackages(contract)
    witnesses = graph.witnesses(roots, enters, lambda site: (*effects(site), *packages.label(site)))
    for root in roots:
        _record(tally, graph, analysis, root, witnesses[root], packages)
    packages.report(tally, analysis)
    return tally.result()


def check_only_effects(contract: OnlyEffectsContract, analysis: Analysis) -> CheckResult:
    """Judges every place that has one of the effects."""
    tally = Tally(contract)
    graph = _graph(contract, analysis)
    labels, packages = _labels(contract.effects, contract), UnjudgedPackages(contract)
    allowed = SelectedBodies(contract.only_in, analysis)
    for key in SelectedBodies(contract.within, analysis).all():
        seen: set[tuple[str, str]] = set()
        for site in graph.of(key).sites:
            for label in labels(site):
                if key in allowed:
                    tally.passed(label.certain)
                elif (label.name, site.what) not in seen:
                    seen.add((label.name, site.what))
                    _report(tally, analysis, "effect-out-of-place", Witness(label, (), key, site), key)
            for label in packages.label(site) if key not in allowed else ():
                packages.add(key, Witness(label, (), key, site))
    packages.report(tally, analysis)
    return tally.result()


def check_blocking(contract: BlockingContract, analysis: Analysis) -> CheckResult:
    """Judges every coroutine function of the units."""
    tally = Tally(contract)
    graph = _graph(contract, analysis)
    packages = UnjudgedPackages(contract)
    excepted = SelectedBodies(contract.except_in, analysis)
    roots = []
    for key in SelectedBodies(contract.units, analysis).all():
        scope = graph.scope(key)
        if scope is not None and scope.is_async and key not in excepted:
            roots.append(key)

    def enters(caller: Key, edge: CallEdge) -> bool:
        # When and where a function runs that is only passed on is not known.
        return not edge.handed_off and edge.how != "passes on" and edge.target not in excepted

    def labels(site: EffectSite) -> Iterator[Label]:
        if not site.blocking or site.after:
            return
        meant = {e.name for e in site.effects if any(e.is_a(wanted) for wanted in contract.blocking)}
        if site.certain:
            yield from (Label(name, True) for name in sorted(meant))
        elif meant:
            yield Label(" or ".join(sorted(meant)), False)
        else:
            yield from packages.label(site)

    witnesses = graph.witnesses(roots, enters, labels)
    for root in roots:
        _record(tally, graph, analysis, root, witnesses[root], packages, evidence="blocking-call")
    packages.report(tally, analysis)
    return tally.result()


# --- what counts ------------------------------------------------------------------------------------------------


def _graph(contract: JudgingContract, analysis: Analysis) -> EffectGraph:
    return EffectGraph(analysis.inference, contract.further) if contract.adds_effects else analysis.effects


def _labels(wanted: tuple[EffectName, ...], contract: EffectsContract) -> Labels:
    """How a site counts: surely, possibly, or not at all."""

    def judge(effect: Effect) -> bool | None:
        """Whether an effect is meant; None when that cannot be told."""
        answers = {_is_meant(effect, name, contract) for name in wanted}
        return True if True in answers else None if None in answers else False

    def labels(site: EffectSite) -> Iterator[Label]:
        if site.after and judge(Effect(site.after)):
            return
        answers = [(effect, judge(effect)) for effect in site.effects]
        meant = [effect for effect, answer in answers if answer is not False]
        if meant:
            certain = site.certain and all(answer is True for _, answer in answers)
            yield Label(" or ".join(sorted({str(effect) for effect in meant})), certain)

    return labels


def _is_meant(effect: Effect, wanted: str, contract: EffectsContract) -> bool | None:
    if not effect.is_a(wanted):
        return None if wanted.startswith(f"{effect.name}.") else False
    if not (contract.tables or contract.except_tables) or effect.name not in ("db.read", "db.write"):
        return True
    if not effect.table:
        return None
    patterns = contract.tables or contract.except_tables
    hit = any(pattern.match(effect.table) is not None for pattern in patterns)
    return hit if contract.tables else not hit


# --- findings ---------------------------------------------------------------------------------------------------


def _record(
    tally: Tally,
    graph: EffectGraph,
    analysis: Analysis,
    root: Key,
    witnesses: list[Witness],
    packages: UnjudgedPackages,
    evidence: str = "forbidden-effect",
) -> None:
    if not witnesses:
        body = graph.of(root)
        scope = graph.scope(root)
        if (scope is not None and scope.kind == "function") or body.sites or body.edges:
            tally.passed()
        return
    seen: set[tuple[str, str]] = set()
    for witness in witnesses:
        if witness.site.package:
            packages.add(root, witness)
            continue
        what = (witness.label.name, witness.site.what)
        if what not in seen:
            seen.add(what)
            _report(tally, analysis, evidence, witness, root)


def _report(tally: Tally, analysis: Analysis, evidence: str, witness: Witness, root: Key) -> None:
    name, effect, site = qualified(root), witness.label.name, witness.site
    steps = list(chain(witness, root, analysis))
    symbols = (name, effect, site.what)
    where = steps[0].location or Location(analysis.project.file(root[0]).path, 1)
    way = f" through `{qualified(witness.edges[0].target)}`" if witness.edges else ""
    if witness.label.certain:
        does = "blocks on" if evidence == "blocking-call" else "has the effect"
        message = f"`{name}` {does} {effect}{way}: `{site.what}`"
        tally.failed(evidence, symbols, message, where, tuple(steps))
        return
    told = site.certain or site.what in DYNAMIC
    reason = "what exactly it does" if told else "what it is called on"
    if not all(edge.certain for edge in witness.edges):
        reason = "what is called on the way there"
    message = f"`{name}` may have the effect {effect}{way}: `{site.what}`, and {reason} is not known"
    tally.undecided(f"possible-{evidence}", symbols, message, where, tuple(steps))
