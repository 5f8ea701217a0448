"""Rows in one order only: queries whose rows are listed, paged or picked from end their order in a key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Annotated

import msgspec
from msgspec import Meta

from archwright.contracts.language import Selector
from archwright.model import CheckResult, Location, Outcome
from archwright.project.analysis import Analysis
from archwright.project.execution.frame import Key
from archwright.project.execution.roots import follow_root
from archwright.project.execution.trace import Run, Trace
from archwright.project.execution.values import Class, External, Function, Module, Unknown
from archwright.project.queries.readings import readings
from archwright.project.queries.rows import is_first, is_listed, only_asks_whether, told_apart_by
from archwright.project.queries.selects import Level
from archwright.project.queries.total_order import is_total
from archwright.project.storage.row_keys import RowKey, keys_on_both
from archwright.project.storage.schema import Table
from archwright.verifiers.bodies import SelectedBodies, qualified
from archwright.verifiers.reads.callers import Callers, Followed
from archwright.verifiers.reads.parts import Parts
from archwright.verifiers.reads.reads import ReadsContract
from archwright.verifiers.reads.uses import is_changed, is_discarded, is_only_asked_for, not_come_to
from archwright.verifiers.storage.storage import selected_modules
from archwright.verifiers.tally import Tally

_GIVEN = "given-statement"
"""Told by those who give it, if anybody does."""
_WORSE = {Outcome.PASS: 0, Outcome.UNDECIDED: 1, Outcome.FAIL: 2}
_PICKS = frozenset({"scalar", "fetchval", "fetchone"})


class OrderedContract(ReadsContract, frozen=True, kw_only=True):
    """Queries whose rows are given on in their order, limited, or of which the first is taken."""

    units: Annotated[Selector, Meta(description="say whose queries are meant")]
    migrations: Annotated[
        Selector | None,
        Meta(description="The modules with the migrations, whose keys count; otherwise those of the models"),
    ] = None


class _Site(msgspec.Struct, frozen=True):
    outcome: Outcome
    evidence: str
    message: str


Place = tuple[Key, Location]
"""The function that holds a query, and where it is run."""


class _OfRoot(Followed):
    sites: dict[Place, _Site | None] = msgspec.field(default_factory=dict)
    """How the queries come out; None where the order of rows is of no consequence."""


def check_ordered(contract: OrderedContract, analysis: Analysis) -> CheckResult:
    """Judges every such query where it is run, in the worst of the ways it is built."""
    tally = Tally(contract)
    keys = _Keys(contract, analysis)
    parts = Parts(contract, analysis, keys.all)
    units = SelectedBodies(contract.units, analysis)
    roots: dict[Key, _OfRoot] = {}
    touching = frozenset(analysis.storage.touching)
    for key in units.all():
        if key[0] in touching:
            roots[key] = parts.of(key, partial(_follow, key, units, keys, analysis))
    reaching: dict[Place, list[Key]] = {}
    for key, found in roots.items():
        for place in found.sites:
            reaching.setdefault(place, []).append(key)
    callers = Callers(analysis)
    sites: dict[Place, _Site] = {}
    for place, keys_there in sorted(reaching.items()):
        judged = [roots[root].sites[place] for root in callers.counting(keys_there, roots)]
        site = max((s for s in judged if s is not None), key=_weight, default=None)
        if site is not None:
            sites[place] = site
    for (key, at), site in sites.items():
        if site.outcome is Outcome.PASS:
            tally.passed()
        elif site.outcome is Outcome.FAIL:
            tally.failed(site.evidence, (qualified(key),), site.message, at)
        elif site.evidence == _GIVEN:
            message = f"`{qualified(key)}` runs a statement it is given: whether its rows have one order cannot be told"
            tally.undecided("statement-not-told", (qualified(key),), message, at)
        else:
            tally.undecided(site.evidence, (qualified(key),), site.message, at)
    return tally.result()


def _follow(key: Key, units: SelectedBodies, keys: _Keys, analysis: Analysis) -> _OfRoot:
    """The queries that the function at *key* comes to, each in the worst of the ways it is built."""
    scope = analysis.inference.index(key[0]).scopes.get(key[1])
    if scope is None or scope.kind != "function":
        return _OfRoot(frozenset(), False)
    trace = follow_root(analysis.following.machine(), scope)
    found = _OfRoot(frozenset(trace.calls), not trace.exhausted)
    if trace.exhausted:
        message = f"`{qualified(key)}` may read rows here, which cannot be told: there is too much to follow"
        for at in not_come_to(scope, trace):
            place = (key, analysis.project.at(key[0], at))
            found.sites[place] = _Site(Outcome.UNDECIDED, "too-much", message)
    for run in trace.runs:
        if run.chain.function not in units or run.chain.guessed:
            continue
        place = (run.chain.function, analysis.project.at(run.chain.function[0], run.at))
        judged, known = _judge(run, trace, keys), found.sites.get(place)
        if known is None or (judged is not None and _weight(judged) > _weight(known)):
            found.sites[place] = judged
    return found


def order_matters(level: Level, run: Run, trace: Trace) -> bool:
    """Whether rows are given on in their order, cut off, or the first of them taken."""
    if is_listed(trace.returned, run.result, trace.heap):
        return True
    if only_asks_whether(trace.returned, run.result, trace.heap) or is_only_asked_for(run):
        return False
    if run.how in _PICKS and ".query" not in run.result.name:
        return True
    if run.how == "first" and is_changed(run):
        return True
    return level.limited or is_first(trace.returned, run.result, trace.heap)


def _weight(site: _Site) -> int:
    """The worse, the higher; a statement that callers give is told by those who do."""
    if site.outcome is Outcome.UNDECIDED:
        return 0 if site.evidence == _GIVEN else 2
    return 3 if site.outcome is Outcome.FAIL else 1


class _Keys:
    """The keys of tables, as far as they hold on every database."""

    def __init__(self, contract: OrderedContract, analysis: Analysis) -> None:
        self.models = analysis.storage.models("postgresql")
        tables: list[Mapping[str, Table]] = []
        for dialect in ("postgresql", "sqlite"):
            if contract.migrations is not None:
                modules = list(selected_modules(contract.migrations, analysis))
                tables.append(analysis.storage.history(modules, dialect).schema.tables)
            else:
                declared = analysis.storage.models(dialect).declared
                tables.append({model.table.name: model.table for model in declared})
        self._known = keys_on_both(*tables)

    @property
    def all(self) -> Mapping[str, frozenset[RowKey]]:
        """The keys of every table."""
        return self._known

    def of(self, table: str) -> Iterable[RowKey] | None:
        """The keys of *table*; None where it is not known."""
        return self._known.get(table)


def _judge(run: Run, trace: Trace, keys: _Keys) -> _Site | None:
    """None when the order of rows is of no consequence."""
    holder = qualified(run.chain.function)
    worst: _Site | None = None
    for reading in readings(run, keys.models, apart=True):
        level = reading.level
        if level is None and (reading.verb != "select" or is_discarded(run)):
            continue
        if level is None:
            given = run.given.get(0, "statement")
            is_given = any(
                isinstance(a, Class | External | Function | Module)
                or (isinstance(a, Unknown) and (a.parameter or a.type))
                for a in given
            )
            message = f"`{holder}` runs a statement that cannot be told, and with it the order of its rows"
            evidence = _GIVEN if is_given else "statement-not-told"
            judged = _Site(Outcome.UNDECIDED, evidence, message)
        elif not order_matters(level, run, trace):
            continue
        else:
            judged = _judge_level(level, run, trace, keys)
        if worst is None or _WORSE[judged.outcome] > _WORSE[worst.outcome]:
            worst = judged
    return worst


def _judge_level(level: Level, run: Run, trace: Trace, keys: _Keys) -> _Site:
    holder = qualified(run.chain.function)
    same, complete = told_apart_by(trace.returned, run.result, trace.heap)
    total = is_total(level, keys.of, () if level.limited else same)
    listed = is_listed(trace.returned, run.result, trace.heap)
    if not complete and not level.limited:
        total = total or None
    if not total and level.doubtful and (level.order or not listed):
        total = None  # what is not known of its conditions may fix what is missing; nobody lists a single row
    what = ", ".join(f"`{t}`" for t in level.tables) or "a query"
    if total:
        return _Site(Outcome.PASS, "", "")
    if total is None:
        message = f"`{holder}` reads {what}: whether the order of its rows is total cannot be told"
        return _Site(Outcome.UNDECIDED, "order-not-told", message)
    if not level.order:
        message = f"`{holder}` reads {what} in no order: equal questions may get rows in another one"
        return _Site(Outcome.FAIL, "no-order", message)
    message = f"`{holder}` reads {what} in an order that leaves ties: end it in a key of the table"
    return _Site(Outcome.FAIL, "order-with-ties", message)
