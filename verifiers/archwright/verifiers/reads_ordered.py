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
from archwright.project.queries.rows import is_first, is_listed, only_asks_whether
from archwright.project.queries.selects import Level
from archwright.project.queries.total_order import is_total
from archwright.verifiers.bodies import SelectedBodies, qualified
from archwright.verifiers.parts import Parts
from archwright.verifiers.reads import ReadsContract
from archwright.verifiers.storage import selected_modules
from archwright.verifiers.tally import Tally

_PICKS = frozenset({"scalar", "fetchval", "fetchone"})


class OrderedContract(ReadsContract, frozen=True, kw_only=True):
    """Queries whose rows are given on in their order, limited, or of which the first is taken."""

    units: Annotated[Selector, Meta(description="say whose queries are meant")]
    migrations: Annotated[
        Selector | None,
        Meta(description="The modules with the migrations, whose keys count; otherwise those of the models"),
    ] = None


class _Site(msgspec.Struct):
    outcome: Outcome
    evidence: str
    message: str


def check_ordered(contract: OrderedContract, analysis: Analysis) -> CheckResult:
    """Judges every such query where it is run, in the worst of the ways it is built."""
    tally = Tally(contract)
    keys = _Keys(contract, analysis)
    parts = Parts(contract, analysis, keys.all)
    units = SelectedBodies(contract.units, analysis)
    sites: dict[tuple[Key, Location], _Site] = {}
    open_ended: dict[tuple[Key, Location], _Site] = {}
    touching = frozenset(analysis.storage.touching)
    for key in units.all():
        if key[0] not in touching:
            continue
        for place, judged in parts.of(key, partial(_sites_of, key, units, keys, analysis)):
            if judged.evidence == "given-statement":
                open_ended.setdefault(place, judged)
            elif place not in sites or _WORSE[judged.outcome] > _WORSE[sites[place].outcome]:
                sites[place] = judged
    for place in open_ended:
        if place not in sites:
            message = f"`{qualified(place[0])}` runs a statement it is given: whether its rows have one order cannot be told"
            sites[place] = _Site(Outcome.UNDECIDED, "statement-not-told", message)
    for (key, at), site in sorted(sites.items(), key=lambda item: item[0]):
        if site.outcome is Outcome.PASS:
            tally.passed()
        elif site.outcome is Outcome.FAIL:
            tally.failed(site.evidence, (qualified(key),), site.message, at)
        else:
            tally.undecided(site.evidence, (qualified(key),), site.message, at)
    return tally.result()


def _sites_of(
    key: Key, units: SelectedBodies, keys: _Keys, analysis: Analysis
) -> list[tuple[tuple[Key, Location], _Site]]:
    """The queries that the function at *key* comes to."""
    found: list[tuple[tuple[Key, Location], _Site]] = []
    scope = analysis.inference.index(key[0]).scopes.get(key[1])
    if scope is None or scope.kind != "function":
        return found
    machine = analysis.following.machine()
    trace = follow_root(machine, scope)
    for run in trace.runs:
        if run.chain.function not in units or run.chain.guessed:
            continue
        judged = _judge(run, trace, keys)
        if judged is not None:
            found.append(((run.chain.function, analysis.project.at(run.chain.function[0], run.at)), judged))
    return found


def order_matters(level: Level, run: Run, trace: Trace) -> bool:
    """Whether rows are given on in their order, cut off, or the first of them taken."""
    if is_listed(trace.returned, run.result, trace.heap):
        return True
    if only_asks_whether(trace.returned, run.result, trace.heap):
        return False
    if run.how in _PICKS and ".query" not in run.result.name:
        return True
    return level.limited or is_first(trace.returned, run.result, trace.heap)


_WORSE = {Outcome.PASS: 0, Outcome.UNDECIDED: 1, Outcome.FAIL: 2}


class _Keys:
    """The sets of columns that identify the rows of tables."""

    def __init__(self, contract: OrderedContract, analysis: Analysis) -> None:
        self.models = analysis.storage.models("postgresql")
        self._known: dict[str, frozenset[frozenset[str]]] = {}
        if contract.migrations is not None:
            modules = list(selected_modules(contract.migrations, analysis))
            tables = analysis.storage.history(modules, "postgresql").schema.tables
            for name, table in tables.items():
                self._known[name] = frozenset(table.unique_sets())
        else:
            for model in self.models.declared:
                self._known[model.table.name] = frozenset(model.table.unique_sets())

    @property
    def all(self) -> Mapping[str, frozenset[frozenset[str]]]:
        """The keys of every table."""
        return self._known

    def of(self, table: str) -> Iterable[frozenset[str]] | None:
        """The keys of *table*; None where it is not known."""
        return self._known.get(table)


def _judge(run: Run, trace: Trace, keys: _Keys) -> _Site | None:
    """None when the order of rows is of no consequence."""
    holder = qualified(run.chain.function)
    worst: _Site | None = None
    for reading in readings(run, keys.models):
        level = reading.level
        if level is None and reading.verb != "select":
            continue
        if level is None:
            given = run.given.get(0, "statement")
            is_given = any(
                isinstance(a, Class | External | Function | Module)
                or (isinstance(a, Unknown) and (a.parameter or a.type))
                for a in given
            )
            message = f"`{holder}` runs a statement that cannot be told, and with it the order of its rows"
            evidence = "given-statement" if is_given else "statement-not-told"
            judged = _Site(Outcome.UNDECIDED, evidence, message)
        elif not order_matters(level, run, trace):
            continue
        else:
            judged = _judge_level(level, run, holder, keys)
        if worst is None or _WORSE[judged.outcome] > _WORSE[worst.outcome]:
            worst = judged
    return worst


def _judge_level(level: Level, run: Run, holder: str, keys: _Keys) -> _Site:
    total = is_total(level, keys.of)
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
