"""Tables as headers declare them: what a module says it reads and writes is what its statements do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from archwright.contracts.language import Located, Problem
from archwright.model import CheckResult, Location
from archwright.project.analysis import Analysis
from archwright.project.headers import items
from archwright.project.storage.access import Access
from archwright.verifiers.declarations.declarations import (
    DeclarationsContract,
    header_line,
    modules_with_code,
    only_claim,
)
from archwright.verifiers.tally import Tally

_READS = frozenset({"select", "use"})


class AccessClaimsContract(DeclarationsContract, frozen=True, kw_only=True):
    """Tables, or the classes mapped to them, that a header lists as read and written."""

    reads_key: Annotated[Located | None, Meta(description="The header key with the tables it reads")] = None
    writes_key: Annotated[Located | None, Meta(description="The header key with the tables it changes")] = (
        None
    )
    required: Annotated[bool, Meta(description="Whether a missing key is a finding")] = True

    def problems(self) -> list[Problem]:
        """A contract that compares nothing."""
        if self.reads_key is not None or self.writes_key is not None:
            return []
        message = f'contract "{self.id}" compares nothing'
        return [Problem(self.origin, message, 'give "reads_key", "writes_key" or both')]


def check_access_claims(contract: AccessClaimsContract, analysis: Analysis) -> CheckResult:
    """Judges every table a module names in its header, and every one it touches."""
    tally = Tally(contract)
    touching = frozenset(analysis.storage.touching)
    for module in modules_with_code(contract.units, analysis):
        accesses = analysis.storage.accesses(module) if module in touching else ()
        if contract.reads_key is not None:
            reads = [a for a in accesses if a.verb in _READS or (a.table is None and a.verb == "execute")]
            written = {a.table for a in accesses if a.writes}
            _judge(contract, module, contract.reads_key, "reads", reads, written, analysis, tally)
        if contract.writes_key is not None:
            writes = [a for a in accesses if a.writes or (a.table is None and a.verb == "execute")]
            _judge(contract, module, contract.writes_key, "changes", writes, set(), analysis, tally)
    return tally.result()


def _judge(
    contract: AccessClaimsContract,
    module: str,
    key: Located,
    does: str,
    accesses: Iterable[Access],
    excused: set[str | None],
    analysis: Analysis,
    tally: Tally,
) -> None:
    claim = only_claim(module, key, analysis, tally, required=contract.required)
    if claim is None:
        return
    at = header_line(analysis, module, claim.line)
    declared = {_table(item.text, analysis): item.text for item in items(claim.value, frozenset())}
    actual: dict[str, Location] = {}
    unclear: Access | None = None
    for access in accesses:
        if access.table is not None:
            # A predicate of an update or a delete reads what is changed anyway.
            if access.verb != "use" or access.table not in excused:
                actual.setdefault(access.table, access.at)
        else:
            unclear = unclear or access
    for table, written in sorted(declared.items()):
        if table in actual or table in excused:
            tally.passed()
        elif unclear is not None:
            message = f"whether `{module}` {does} `{written}` cannot be told: {unclear.doubt}"
            tally.undecided("access-not-told", (module, does, written), message, unclear.at)
        else:
            message = f"the header of `{module}` says it {does} `{written}`, which it does not"
            tally.failed("claims-no-access", (module, does, written), message, at)
    for table, place in sorted(actual.items()):
        if table not in declared:
            message = f"`{module}` {does} `{table}`, which its header does not say"
            tally.failed("undeclared-access", (module, does, table), message, place)
    if not declared and not actual:
        if unclear is not None:
            message = f"whether `{module}` {does} any table cannot be told: {unclear.doubt}"
            tally.undecided("access-not-told", (module, does, "?"), message, unclear.at)
        else:
            tally.passed()


def _table(name: str, analysis: Analysis) -> str:
    """The table a header names, by its name or by the class that is mapped to it."""
    for model in analysis.storage.models("postgresql").declared:
        if name == model.cls or name == model.cls.rpartition(".")[2]:
            return str(model.table.name)
    return name
