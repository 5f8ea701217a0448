"""Event rule ``declared``: the contract and the code declare the same events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from archwright.model import CheckResult
from archwright.project.analysis import Analysis
from archwright.verifiers.events.events import EventsContract, declared_in_code, table_location
from archwright.verifiers.tally import Tally


class DeclaredContract(EventsContract, frozen=True, kw_only=True):
    """The contract's types and those of the code are the same."""

    base_types: Annotated[
        Mapping[str, str],
        Meta(description='The builtin types of base fields, alternatives with "|": {sequence_no: int}'),
    ] = {}


def check_declared(contract: DeclaredContract, analysis: Analysis) -> CheckResult:
    """Compares every field of every type, and the base."""
    tally = Tally(contract)
    code = declared_in_code(contract, analysis)
    at = table_location(contract, analysis)
    if code.untold:
        tally.undecided(
            "table-not-told", (code.untold,), f"`{code.untold}` holds no table that can be read", at
        )
        return tally.result()
    pairs = [("base", contract.base, code.base)] if contract.base and code.base else []
    if contract.optional_base and code.optional_base:
        pairs.append(("optional base", contract.optional_base, code.optional_base))
    for name in sorted({*contract.types, *code.types}):
        mine, theirs = contract.types.get(name), code.types.get(name)
        if mine is None or theirs is None:
            where, other = ("the code", "the contract") if mine is None else ("the contract", "the code")
            message = f"`{name}` is declared in {where} and not in {other}"
            tally.failed("declaration-disagrees", (name,), message, at)
            continue
        pairs.append((name, mine.required, theirs.required))
        if theirs.optional or mine.optional:
            pairs.append((f"{name} (optional)", mine.optional, theirs.optional))
    for name, mine_fields, code_fields in pairs:
        for field in sorted({*mine_fields, *code_fields}):
            if field in mine_fields and field in code_fields:
                tally.passed()
            else:
                where, other = (
                    ("the contract", "the code") if field in mine_fields else ("the code", "the contract")
                )
                message = f"`{name}` has the field `{field}` in {where} and not in {other}"
                tally.failed("declaration-disagrees", (name, field), message, at)
    for field, written in contract.base_types.items():
        kinds = code.kinds.get(field, frozenset())
        if kinds == frozenset(part.strip() for part in written.split("|")):
            tally.passed()
        else:
            said = f"a {' or '.join(sorted(kinds))}" if kinds else "of no type that can be read"
            message = f"`{field}` is a {written} in the contract and {said} in the code"
            tally.failed("declaration-disagrees", ("base", field, "type"), message, at)
    return tally.result()
