"""Rows stay with their tenant: every statement on rows of tenants is bounded by the tenant who has been authenticated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Annotated

import msgspec
from msgspec import Meta

from archwright.contracts.language import Located, Name, Problem, Selector, SymbolPattern
from archwright.facts.ir import Span
from archwright.model import CheckResult, Location, Outcome, Step
from archwright.project.analysis import Analysis
from archwright.project.code import Scope
from archwright.project.execution.frame import Frame, Key
from archwright.project.execution.heap import Heap, Object
from archwright.project.execution.machine import Machine
from archwright.project.execution.reach import reachable
from archwright.project.execution.roots import follow_root
from archwright.project.execution.trace import Run, Trace
from archwright.project.execution.values import Class, Column, Literal, Made, Value
from archwright.project.queries.readings import Reading, readings
from archwright.project.queries.selects import Comparing, Level
from archwright.project.queries.writes import Row, rows_written
from archwright.project.requests.identity import Identity, Origin, sent_by_client
from archwright.project.requests.moments import names_field
from archwright.project.storage.models import Models
from archwright.project.storage.schema import Table
from archwright.verifiers.bodies import SelectedBodies, qualified
from archwright.verifiers.parts import Parts
from archwright.verifiers.reads import ReadsContract
from archwright.verifiers.storage import selected_modules
from archwright.verifiers.tally import Tally

_EQUAL = frozenset({"==", "in", "in_", "is"})
_ALIASES = frozenset({"aliased", "alias"})
_ROWLESS = frozenset({"commit", "pragma", "rollback", "set", "transaction"})
"""Statements about the connection: they are about nobody's rows."""
_DEPTH = 12
_WORSE = {Outcome.PASS: 0, Outcome.UNDECIDED: 1, Outcome.FAIL: 2}


class Exempt(msgspec.Struct, frozen=True, kw_only=True):
    """A table whose rows belong to a tenant and may be read across tenants all the same."""

    table: Annotated[Located, Meta(description="name the table")]
    because: Annotated[str, Meta(description="say why its rows may be read across tenants", min_length=1)]


class ScopedContract(ReadsContract, frozen=True, kw_only=True):
    """The tenant of the authenticated principal, which travels into an equality of every statement on rows of tenants."""

    requests: Annotated[Selector, Meta(description="say which functions serve the requests")]
    column: Annotated[Name, Meta(description="name the column that says whose a row is")]
    principal: Annotated[
        tuple[SymbolPattern, ...],
        Meta(
            description='name the attribute, or the dependency, that gives the tenant, e.g. "*.Principal.tenant_id"'
        ),
    ]
    registered_by: Annotated[
        Selector | None, Meta(description="The calls that register what is dispatched to")
    ] = None
    migrations: Annotated[
        Selector | None,
        Meta(
            description="The modules with the migrations, whose columns count; otherwise those of the models"
        ),
    ] = None
    exempt: Annotated[
        tuple[Exempt, ...], Meta(description="Tables that may be read across tenants, each with the reason")
    ] = ()

    def problems(self) -> Iterator[Problem]:
        """Nobody who is authenticated."""
        if not self.principal:
            message = f'contract "{self.id}" names nobody whose tenant it is'
            yield Problem(self.origin, message, "name the attribute of the principal in principal")


class Verdict(msgspec.Struct, frozen=True):
    """How a statement, or a row, comes out."""

    outcome: Outcome
    evidence: str = ""
    table: str = ""
    message: str = ""


class _Site(msgspec.Struct):
    verdict: Verdict
    chain: Frame


def check_scoped(contract: ScopedContract, analysis: Analysis) -> CheckResult:
    """Judges every statement, and every new row, that requests lead to, in the worst of the ways that lead there."""
    tally = Tally(contract)
    owned = tables_of_tenants(contract, analysis)
    parts = Parts(contract, analysis, owned)
    sites: dict[tuple[Location, str], _Site] = {}
    for key in SelectedBodies(contract.requests, analysis).all():
        of_all, of_sites = parts.of(key, partial(_of_request, key, contract, owned, analysis))
        tally.add(of_all)
        for chain, span, verdict in of_sites:
            site = (analysis.project.at(chain.function[0], span), qualified(chain.function))
            known = sites.get(site)
            if known is None or _WORSE[verdict.outcome] > _WORSE[known.verdict.outcome]:
                sites[site] = _Site(verdict, chain)
    for (place, holder), found in sorted(sites.items(), key=lambda item: item[0]):
        verdict = found.verdict
        if verdict.outcome is Outcome.PASS:
            tally.passed()
            continue
        report = tally.failed if verdict.outcome is Outcome.FAIL else tally.undecided
        report(verdict.evidence, (holder, verdict.table), verdict.message, place, _way(found.chain, analysis))
    return tally.result()


def _of_request(
    key: Key, contract: ScopedContract, owned: Mapping[str, Table], analysis: Analysis
) -> tuple[Tally, list[tuple[Frame, Span, Verdict]]]:
    """What is to be said of the request that the function at *key* serves as a whole, and of what it leads to."""
    tally = Tally(contract)
    scope = analysis.inference.index(key[0]).scopes.get(key[1])
    if scope is None or scope.kind != "function":
        return tally, []
    machine = analysis.following.machine(contract.registered_by)
    models = analysis.storage.models("postgresql")
    identity = Identity(machine, contract.principal)
    trace, before = follow_request(identity, machine, scope)
    name = scope.qualified.split("#")[0]
    if trace.exhausted:
        at = analysis.project.at(scope.module, scope.node.at if scope.node is not None else (1, 1, 1, 1))
        message = f"which rows `{name}` gets at cannot be told: there is too much to follow"
        tally.undecided("too-much", (name,), message, at)
        return tally, []
    return tally, list(Scoping(contract, identity, models, owned, trace, name).verdicts(before))


def tables_of_tenants(contract: ScopedContract, analysis: Analysis) -> dict[str, Table]:
    """The tables whose rows are of one tenant each, those left out that are exempt."""
    column = str(contract.column)
    exempt = {str(entry.table) for entry in contract.exempt}
    if contract.migrations is not None:
        modules = list(selected_modules(contract.migrations, analysis))
        tables = analysis.storage.history(modules, "postgresql").schema.tables
        known = list(tables.values())
    else:
        known = [model.table for model in analysis.storage.models("postgresql").declared]
    return {t.name: t for t in known if column in t.columns and t.name not in exempt}


def follow_request(identity: Identity, machine: Machine, scope: Scope) -> tuple[Trace, Heap]:
    """What a request leads to, and the cells there were before it."""
    heap: dict[int, Object] = {}
    names = identity.parameters(scope, heap)
    return follow_root(machine, scope, names, heap, identity.replaces), heap


class Scoping:
    """The statements and the rows one request leads to."""

    def __init__(
        self,
        contract: ScopedContract,
        identity: Identity,
        models: Models,
        owned: Mapping[str, Table],
        trace: Trace,
        name: str,
    ) -> None:
        self._contract = contract
        self._column = str(contract.column)
        self._identity = identity
        self._models = models
        self._owned = owned
        self._trace = trace
        self._name = name
        self._runs = {id(run.result): run for run in trace.runs}
        self._judged: dict[int, Verdict | None] = {}

    def verdicts(self, before: Heap) -> Iterator[tuple[Frame, Span, Verdict]]:
        """Each statement and each new row that is of a tenant, with the way there."""
        for run in self._trace.runs:
            verdict = self._of_run(run)
            if verdict is not None:
                yield run.chain, run.at, verdict
        for row in rows_written(self._trace, self._models, before):
            if row.table in self._owned and row.made is not None:
                yield (*row.made, _guessed(self._of_row(row), row.made[0]))

    # --- statements ---

    def _of_run(self, run: Run) -> Verdict | None:
        """None when it is about no rows of tenants."""
        if id(run) not in self._judged:
            self._judged[id(run)] = None  # a statement bounded by its own rows
            worst: Verdict | None = None
            for reading in readings(run, self._models):
                for verdict in self._of_reading(reading, run):
                    if worst is None or _WORSE[verdict.outcome] > _WORSE[worst.outcome]:
                        worst = verdict
            self._judged[id(run)] = None if worst is None else _guessed(worst, run.chain)
        return self._judged[id(run)]

    def _of_reading(self, reading: Reading, run: Run) -> Iterator[Verdict]:
        level = reading.change if reading.level is None else reading.level
        if level is None:
            if reading.verb not in _ROWLESS | {"insert"}:
                message = f"`{qualified(run.chain.function)}` runs a statement that cannot be told: whose rows it is about is open"
                yield Verdict(Outcome.UNDECIDED, "statement-not-told", "", message)
        elif reading.verb == "insert":
            for inner in level.nested:
                yield from self._of_level(inner, frozenset(), run)
        else:
            yield from self._of_level(level, frozenset(), run)

    def _of_level(
        self, level: Level, outer: frozenset[str], run: Run, depth: int = _DEPTH
    ) -> Iterator[Verdict]:
        owned = [t for t in level.tables if t in self._owned]
        bound = self._bound(level, outer, run)
        # A table of the query around it is that query's own, as long as there is another to read.
        correlated = outer if any(t not in outer for t in level.tables) else frozenset()
        for table in owned:
            if table in bound:
                yield Verdict(Outcome.PASS, table=table)
            elif table not in correlated:
                yield self._unbound(level, table, run)
        if depth:
            around = outer | bound
            for inner in level.nested:
                yield from self._of_level(inner, around, run, depth - 1)

    def _bound(self, level: Level, outer: frozenset[str], run: Run) -> frozenset[str]:
        """The tables of which only rows of the tenant are meant.

        A row that refers to a row of the tenant by a foreign key is the tenant's: that is seen to where it is added.
        """
        bound: set[str] = set()
        ties: list[tuple[str, str]] = []
        for comparing, table, other in self._equalities(level):
            if not (comparing.sure and comparing.always):
                continue
            linked = self._table_of(other)
            if linked is not None:
                ties.append((table, linked))
            elif self._origins(comparing, other, run) <= {Origin.PRINCIPAL}:
                bound.add(table)
        ties += self._references(level)
        known = {t for t in outer if t not in level.tables or len(level.tables) > 1}
        for _ in ties:
            for one, two in (*ties, *((b, a) for a, b in ties)):
                aliased = bool(outer) and two not in level.tables and two not in self._owned
                if two in bound or two in known or aliased:
                    bound.add(one)
        if "" in bound and sum(t in self._owned for t in level.tables) == 1:
            bound.update(t for t in level.tables if t in self._owned)
        return frozenset(bound - {""})

    def _references(self, level: Level) -> Iterator[tuple[str, str]]:
        """Tables of which only rows are meant that refer to rows of another by a foreign key, and that other."""
        for comparing in level.conditions:
            sides = (comparing.left, comparing.right)
            if comparing.op != "==" or not (comparing.sure and comparing.always):
                continue
            for one, other in (sides, sides[::-1]):
                child, column = self._column_of(one)
                parent, target = self._column_of(other)
                table = self._owned.get(child)
                for key in table.foreign_keys.values() if table is not None else ():
                    meant = key.table == parent and key.columns[-1:] == (column,)
                    if meant and (not key.targets or key.targets[-1] == target):
                        yield child, parent

    def _unbound(self, level: Level, table: str, run: Run) -> Verdict:
        holder, column = qualified(run.chain.function), self._column
        what = f"its statement on `{table}`"
        found: set[Origin] = set()
        sent: list[str] = []
        for comparing, owner, other in self._equalities(level):
            if owner in (table, "") and self._table_of(other) is None:
                found |= self._origins(comparing, other, run)
                sent += sent_by_client(other, run.heap)
        if Origin.REQUEST in found:
            by = ", ".join(dict.fromkeys(sent)) or "something the client sends"
            message = (
                f"`{holder}` bounds {what} by {by}, not by the tenant that `{self._name}` has authenticated"
            )
            return Verdict(Outcome.FAIL, "tenant-from-request", table, message)
        if self._compared_in_python(run):
            return Verdict(Outcome.PASS, table=table)
        if Origin.UNKNOWN in found or Origin.ROW in found:
            message = f"`{holder}` bounds {what} by a tenant of which nobody can tell whose it is"
            return Verdict(Outcome.UNDECIDED, "tenant-not-told", table, message)
        if Origin.PRINCIPAL in found:
            message = f"`{holder}` bounds {what} by the authenticated tenant on some ways only: there are rows it does not keep out"
            return Verdict(Outcome.FAIL, "scoped-sometimes", table, message)
        if level.doubtful:
            message = f"`{holder}` runs {what} under conditions that cannot all be told: one on `{column}` may be among them"
            return Verdict(Outcome.UNDECIDED, "conditions-not-told", table, message)
        message = (
            f"`{holder}` runs {what} for all tenants: nothing compares `{column}` with the tenant that"
            f" `{self._name}` has authenticated"
        )
        return Verdict(Outcome.FAIL, "not-scoped", table, message)

    def _equalities(self, level: Level) -> Iterator[tuple[Comparing, str, Value]]:
        """The conditions that a tenant is one of something: the condition, the table, and what it is compared with."""
        for comparing in level.conditions:
            if comparing.op not in _EQUAL:
                continue
            for one, other in ((comparing.left, comparing.right), (comparing.right, comparing.left)):
                table = self._table_of(one)
                if table is not None:
                    yield comparing, table, other

    def _table_of(self, values: Value) -> str | None:
        """The table whose tenant a value is; None when it is something else."""
        owner, name = self._column_of(values)
        return owner if name == self._column else None

    def _column_of(self, values: Value) -> tuple[str, str]:
        """Table and name of the column a value is, of the table itself or of an alias; no name when it is none."""
        atom = values[0] if values else None
        if isinstance(atom, Column):
            return atom.table, atom.name
        if isinstance(atom, Made) and not atom.called:
            for alias in atom.receiver:
                if isinstance(alias, Made) and alias.last in _ALIASES and alias.given is not None:
                    table = self._mapped(alias.given.get(0, "element"))
                    return table or "", atom.last if table else ""
        return "", ""

    def _mapped(self, values: Value) -> str | None:
        for atom in values:
            if isinstance(atom, Class):
                model = self._models.of(atom.qualified)
                return None if model is None else model.table.name
        return None

    def _origins(self, comparing: Comparing, other: Value, run: Run) -> frozenset[Origin]:
        if comparing.inner:
            of_tenant = all(
                self._table_of(inner.outputs) is not None
                and all(v.outcome is Outcome.PASS for v in self._of_level(inner, frozenset(), run))
                for inner in comparing.inner
            )
            return frozenset({Origin.PRINCIPAL if of_tenant else Origin.ROW})
        return self._origins_of(other, run.heap)

    def _origins_of(self, values: Value, store: Heap) -> frozenset[Origin]:
        def is_scoped(made: Made) -> bool:
            run = self._runs.get(id(made))
            verdict = None if run is None else self._of_run(run)
            named = names_field(values, store, [self._column])
            return bool(named) and verdict is not None and verdict.outcome is Outcome.PASS

        return self._identity.origins(values, store, is_scoped) - {Origin.NONE}

    def _compared_in_python(self, run: Run) -> bool:
        """Whether the tenant of a row is compared with the authenticated one after it was read."""
        store = self._trace.heap
        for comparison in self._trace.comparisons:
            sides = (comparison.left, comparison.right)
            for one, other in (sides, sides[::-1]):
                if (
                    comparison.op in ("==", "!=")
                    and names_field(one, store, [self._column])
                    and any(part is run.result for part in reachable(one, store))
                    and self._origins_of(other, store) == {Origin.PRINCIPAL}
                ):
                    return True
        return False

    # --- new rows ---

    def _of_row(self, row: Row) -> Verdict:
        column, table, store = self._column, row.table, self._trace.heap
        holder = qualified(row.made[0].function) if row.made is not None else self._name
        values = row.values.get(column)
        if values is None:
            if row.open_ended:
                message = f"whose the row is that `{holder}` adds to `{table}` cannot be told"
                return Verdict(Outcome.UNDECIDED, "owner-not-told", table, message)
            message = f"`{holder}` adds a row to `{table}` without `{column}`: it belongs to nobody"
            return Verdict(Outcome.FAIL, "no-owner", table, message)
        found = self._origins_of(values, store)
        if found == {Origin.PRINCIPAL}:
            return Verdict(Outcome.PASS, table=table)
        if Origin.REQUEST in found:
            by = ", ".join(dict.fromkeys(sent_by_client(values, store))) or "somebody the client names"
            message = f"`{holder}` adds a row to `{table}` for {by}, not for the tenant that `{self._name}` has authenticated"
            return Verdict(Outcome.FAIL, "owner-from-request", table, message)
        if all(isinstance(atom, Literal) for atom in values):
            message = f"`{holder}` adds a row to `{table}` for one and the same tenant, whoever `{self._name}` has authenticated"
            return Verdict(Outcome.FAIL, "owner-constant", table, message)
        message = f"whose the row is that `{holder}` adds to `{table}` cannot be told"
        return Verdict(Outcome.UNDECIDED, "owner-not-told", table, message)


def _guessed(verdict: Verdict, chain: Frame) -> Verdict:
    if verdict.outcome is not Outcome.FAIL or not chain.guessed:
        return verdict
    message = f"{verdict.message} – if it is called with nothing else"
    return Verdict(Outcome.UNDECIDED, "may-be-called", verdict.table, message)


def _way(chain: Frame, analysis: Analysis) -> tuple[Step, ...]:
    steps = []
    for hop in chain.hops()[1:]:
        if hop.caller is not None:
            text = f"`{qualified(hop.caller.function)}` calls `{qualified(hop.function)}`"
            steps.append(Step(text, analysis.project.at(hop.caller.function[0], hop.at)))
    return tuple(steps)
