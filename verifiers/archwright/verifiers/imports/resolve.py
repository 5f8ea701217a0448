"""Import contracts about imports that lead nowhere."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from archwright.contracts.language import Selector
from archwright.model import CheckResult
from archwright.project.analysis import Analysis
from archwright.verifiers.imports.imports import (
    ImportsContract,
    counted,
    selected,
    symbol_of,
    undecided_import,
)
from archwright.verifiers.tally import Tally


class ResolveContract(ImportsContract, frozen=True, kw_only=True):
    """Every import of this code base leads to a module and a name that exist."""

    from_: Annotated[Selector, Meta(description="say whose imports are meant")] = field(name="from")


def check_resolve(contract: ResolveContract, analysis: Analysis) -> CheckResult:
    """Judges every import that names something of this code base."""
    tally = Tally(contract)
    for module in selected(contract.from_, analysis):
        internal = [e for e in counted(contract, analysis.imports(module)) if not e.external]
        tally.passed(len(internal))
        for lost in analysis.unresolved_imports(module):
            if lost.mode in contract.except_modes:
                continue
            symbols = (symbol_of(lost.source, lost.scope), lost.named)
            if lost.kind == "missing":
                known = f"; the last part that exists is `{lost.known}`" if lost.known else ""
                message = f"`{module}` imports `{lost.named}`, which does not exist{known}"
                tally.failed("broken-import", symbols, message, lost.location)
            else:
                undecided_import(tally, lost)
    return tally.result()
