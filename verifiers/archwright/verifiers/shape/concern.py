"""Concerns: a module, or a class, touches the tables of one group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from archwright.contracts.language import NOWHERE, Located, Pattern, Problem, Selector, Subject
from archwright.model import CheckResult, Location, Step
from archwright.project.analysis import Analysis
from archwright.project.storage.access import Access
from archwright.verifiers.shape.shape import ShapeContract, selected_modules
from archwright.verifiers.tally import Tally


class TableGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Tables that are one concern."""

    name: Annotated[Located, Meta(description="name the concern")]
    tables: Annotated[tuple[Pattern, ...], Meta(description="name its tables")]
    units: Annotated[Selector | None, Meta(description="The modules this is the concern of")] = None
    origin: Location = NOWHERE


class ConcernContract(ShapeContract, frozen=True, kw_only=True):
    """Each unit touches tables of one concern."""

    groups: Annotated[tuple[TableGroup, ...], Meta(description="list concerns with their tables")]
    shared: Annotated[tuple[Pattern, ...], Meta(description="Tables that are no concern of their own")] = ()
    accesses: Annotated[
        Literal["all", "writes"], Meta(description="writes: only inserts, updates and deletes count")
    ] = "all"

    def problems(self) -> Iterator[Problem]:
        """A group named twice."""
        seen: set[str] = set()
        for group in self.groups:
            if group.name in seen:
                yield Problem(group.origin, f'concern "{group.name}" is named twice', "keep one")
            seen.add(group.name)


def check_concern(contract: ConcernContract, analysis: Analysis) -> CheckResult:
    """Judges every module that touches a table, by the SQL and the models it uses, not by its name."""
    tally = Tally(contract)
    touching = frozenset(analysis.storage.touching)
    for module in selected_modules(contract.units, analysis):
        if module in touching:
            accesses = [a for a in analysis.storage.accesses(module) if _counts(a, contract)]
            if accesses:
                _judge(contract, module, accesses, analysis, tally)
    return tally.result()


def _counts(access: Access, contract: ConcernContract) -> bool:
    if access.verb == "define":
        return False
    if access.table is None:
        return access.verb == "execute" or access.writes
    return (contract.accesses == "all" or access.writes) and not _matches(contract.shared, access.table)


def _judge(
    contract: ConcernContract, module: str, accesses: list[Access], analysis: Analysis, tally: Tally
) -> None:
    first: dict[str, Access] = {}
    for access in sorted(accesses, key=lambda a: a.at):
        if access.table is not None:
            first.setdefault(access.table, access)
    unclear = next((a for a in accesses if a.table is None), None)
    subject = Subject(module=module, unit=analysis.project.unit(module))
    assigned = [g for g in contract.groups if g.units is not None and g.units.matches(subject)]
    candidates = assigned or [g for g in contract.groups if g.units is None]
    homeless = [t for t in first if not any(_matches(g.tables, t) for g in contract.groups)]
    if homeless:
        table = homeless[0]
        message = f"`{module}` touches `{table}`, which belongs to no concern"
        tally.failed("table-without-concern", (module, table), message, first[table].at)
    elif not any(all(_matches(g.tables, t) for t in first) for g in candidates):
        _mixed(contract, module, first, candidates, bool(assigned), tally)
    elif unclear is not None:
        message = f"`{unclear.owner}`: {unclear.doubt} cannot be told"
        tally.undecided("statement-not-told", (module, unclear.owner), message, unclear.at)
    else:
        tally.passed()


def _mixed(
    contract: ConcernContract,
    module: str,
    first: dict[str, Access],
    candidates: list[TableGroup],
    assigned: bool,
    tally: Tally,
) -> None:
    best = max(candidates, key=lambda g: sum(_matches(g.tables, t) for t in first), default=None)
    outside = [t for t in first if best is None or not _matches(best.tables, t)]
    steps = tuple(
        Step(f"`{access.owner}` {access.verb}s `{table}` ({_concern(contract, table)})", access.at)
        for table, access in first.items()
    )
    names = ", ".join(f"`{t}`" for t in outside)
    whose = f"its concern `{best.name}`" if assigned and best is not None else "one concern"
    message = f"`{module}` touches more than {whose}: also {names}"
    tally.failed("mixed-concerns", (module, *sorted(outside)), message, first[outside[0]].at, steps)


def _concern(contract: ConcernContract, table: str) -> str:
    return next((str(g.name) for g in contract.groups if _matches(g.tables, table)), "no concern")


def _matches(patterns: tuple[Pattern, ...], table: str) -> bool:
    return any(pattern.match(table) is not None for pattern in patterns)
