"""What makes an answer reproducible is stored with it, by those who write it, and read back by those who read it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from archwright.contracts.language import Located, Selector
from archwright.model import CheckResult, Location
from archwright.project.analysis import Analysis
from archwright.project.code import Scope
from archwright.project.execution.heap import Object
from archwright.project.execution.reach import reachable
from archwright.project.execution.roots import declared_parameters, follow_root
from archwright.project.execution.values import Alternative, Column, Literal, Made, Operation, is_none
from archwright.project.queries.rows import is_whole_row
from archwright.project.queries.selects import is_select
from archwright.project.queries.writes import Row, rows_written
from archwright.verifiers.bodies import SelectedBodies
from archwright.verifiers.reads.reads import ReadsContract
from archwright.verifiers.tally import Tally


class PersistedContract(ReadsContract, frozen=True, kw_only=True):
    """Columns that every row of a table gets from those who write it, and that its readers give back."""

    table: Annotated[Located, Meta(description="name the table")]
    fields: Annotated[tuple[Located, ...], Meta(description="list the columns")]
    written_by: Annotated[Selector, Meta(description="say which functions write the rows")]
    read_by: Annotated[Selector | None, Meta(description="Which functions read them back")] = None


def check_persisted(contract: PersistedContract, analysis: Analysis) -> CheckResult:
    """Judges every column at every row that is made, and at every reader."""
    tally = Tally(contract)
    for scope in _functions(contract.written_by, analysis):
        _judge_writer(contract, scope, analysis, tally)
    if contract.read_by is not None:
        for scope in _functions(contract.read_by, analysis):
            _judge_reader(contract, scope, analysis, tally)
    return tally.result()


def _judge_writer(contract: PersistedContract, scope: Scope, analysis: Analysis, tally: Tally) -> None:
    machine = analysis.following.machine()
    heap: dict[int, Object] = {}
    names = declared_parameters(machine, scope, heap)
    trace = follow_root(machine, scope, names, heap)
    name, table = scope.qualified.split("#")[0], str(contract.table)
    rows = [
        row for row in rows_written(trace, analysis.storage.models("postgresql"), heap) if row.table == table
    ]
    if not rows:
        message = f"`{name}` makes no row of `{table}`"
        tally.failed("writes-nothing", (name, table), message, _place(scope, analysis))
        return
    for field in contract.fields:
        problems = [_problem(row, field) for row in rows]
        worst = next((p for p in problems if p not in ("", "open")), "open" if "open" in problems else "")
        at = next(
            (analysis.project.at(*row.at) for row in rows if row.at is not None), _place(scope, analysis)
        )
        if not worst:
            tally.passed()
        elif worst == "open":
            message = f"whether `{name}` stores `{table}.{field}` cannot be told"
            tally.undecided("write-not-told", (name, f"{table}.{field}"), message, at)
        else:
            message = f"`{name}` {worst} `{table}.{field}`: what was stored cannot be reproduced"
            tally.failed("not-stored", (name, f"{table}.{field}"), message, at)


def _problem(row: Row, field: str) -> str:
    values = row.values.get(field)
    if values is None:
        return "open" if row.open_ended else "writes a row without"
    if any(isinstance(atom, Made) and atom.name == "builtins.dict.values" for atom in values):
        return "open"
    if all(is_none(atom) for atom in values):
        return "stores nothing in"
    if len(values) == 1 and isinstance(values[0], Literal):
        return "stores one and the same value in"
    return ""


def _judge_reader(contract: PersistedContract, scope: Scope, analysis: Analysis, tally: Tally) -> None:
    machine = analysis.following.machine()
    trace = follow_root(machine, scope)
    name, table = scope.qualified.split("#")[0], str(contract.table)
    leaves = list(reachable(trace.returned, trace.heap, _looks_into))
    whole = any(
        isinstance(a, Made) and any(is_whole_row(a, run.result) for run in trace.runs) for a in leaves
    )
    for field in contract.fields:
        if whole or any(_gives(atom, field) for atom in leaves):
            tally.passed()
        else:
            message = f"`{name}` reads `{table}` and does not give `{field}` back: what was stored is lost to its readers"
            tally.failed("not-read-back", (name, f"{table}.{field}"), message, _place(scope, analysis))


def _gives(atom: Alternative, field: str) -> bool:
    if isinstance(atom, Column):
        return atom.name == field
    return isinstance(atom, Made) and not atom.called and (atom.field or atom.last) == field


def _looks_into(atom: Alternative) -> bool:
    if isinstance(atom, Operation):
        return False  # what is computed from a field is not the field
    return not isinstance(atom, Made) or (
        atom.called and not is_select(atom.name) and ".execute" not in atom.name
    )


def _functions(selector: Selector, analysis: Analysis) -> list[Scope]:
    found = []
    for module, qualname in SelectedBodies(selector, analysis).all():
        scope = analysis.inference.index(module).scopes.get(qualname)
        if scope is not None and scope.kind == "function":
            found.append(scope)
    return found


def _place(scope: Scope, analysis: Analysis) -> Location:
    return analysis.project.at(scope.module, scope.node.at if scope.node is not None else (1, 1, 1, 1))
