"""Which statements and new rows of one request are bounded by the tenant it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from archwright.facts.ir import Span
from archwright.model import Outcome
from archwright.project.execution.frame import Frame
from archwright.project.execution.heap import Heap
from archwright.project.execution.reach import reachable
from archwright.project.execution.trace import Run, Trace
from archwright.project.execution.values import Class, Column, Literal, Made, Value
from archwright.project.queries.readings import Reading, readings
from archwright.project.queries.selects import Comparing, Level
from archwright.project.queries.writes import Row, rows_written
from archwright.project.requests.identity import Identity, Origin, sent_by_client
from archwright.project.requests.moments import names_field
from archwright.project.storage.models import Models
from archwright.project.storage.schema import Table
from archwright.verifiers.bodies import qualified

_EQUAL = frozenset({"==", "in", "in_", "is"})
_ALIASES = frozenset({"aliased", "alias"})
_ROWLESS = frozenset({"commit", "pragma", "rollback", "set", "transaction"})
"""Statements about the connection: they are about nobody's rows."""
_DEPTH = 12
WORSE = {Outcome.PASS: 0, Outcome.UNDECIDED: 1, Outcome.FAIL: 2}


class Verdict(msgspec.Struct, frozen=True):
    """How a statement, or a row, comes out."""

    outcome: Outcome
    evidence: str = ""
    table: str = ""
    message: str = ""


class Scoping:
    """The statements and the rows one request leads to."""

    def __init__(
        self,
        column: str,
        identity: Identity,
        models: Models,
        owned: Mapping[str, Table],
        trace: Trace,
        name: str,
    ) -> None:
        """*column*: says whose a row is; *owned*: the tables that have it; *name*: the function that serves the request."""
        self._column = column
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
                    if worst is None or WORSE[verdict.outcome] > WORSE[worst.outcome]:
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
