"""Lifecycle: modules marked as on their way out are imported only by whom that is granted, and go when nobody imports them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta

from archwright.contracts.language import Located, Problem, Selector
from archwright.model import CheckResult, Step
from archwright.project.analysis import Analysis
from archwright.project.headers import claims
from archwright.verifiers.declarations.declarations import (
    DeclarationsContract,
    header_line,
    module_subject,
    modules_with_code,
)
from archwright.verifiers.tally import Tally

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class LifecycleContract(DeclarationsContract, frozen=True, kw_only=True):
    """What modules with a marker in their header may still be used for, and until when."""

    marker: Annotated[Located, Meta(description="name the header key that marks them, e.g. TOMBSTONE")]
    importers: Annotated[Selector | None, Meta(description="Who may still import them; default: anybody")] = (
        None
    )
    unused: Annotated[bool, Meta(description="Whether a marked module that nobody imports must go")] = True
    expires_key: Annotated[
        Located | None, Meta(description="The header key with the day it goes, as 2026-01-31")
    ] = None
    today: Annotated[
        Located | None, Meta(description="The day it is, as 2026-01-31: verdicts do not depend on a clock")
    ] = None

    def problems(self) -> Iterator[Problem]:
        """Half of an expiry, or a day that is none."""
        if (self.expires_key is None) != (self.today is None):
            message = f'contract "{self.id}" gives one of "expires_key" and "today"'
            yield Problem(self.origin, message, "give both")
        if self.today is not None and not _DATE.fullmatch(self.today):
            yield Problem(self.today.origin, f'"{self.today}" is no day', "write it as 2026-01-31")


def check_lifecycle(contract: LifecycleContract, analysis: Analysis) -> CheckResult:
    """Judges every marked module by who really imports it; being mentioned in a comment keeps nothing alive."""
    tally = Tally(contract)
    for module in modules_with_code(contract.units, analysis):
        marked = claims(analysis.project, module, contract.marker)
        if not marked:
            continue
        before = tally.sites
        at = header_line(analysis, module, marked[0].line)
        importers = analysis.importers.get(module, {})
        if contract.unused and not importers:
            message = f"`{module}` is marked `{contract.marker}`, and nobody imports it any more"
            tally.failed("unused-leftover", (module,), message, at)
        for importer, edge in sorted(importers.items()):
            if contract.importers is not None and not contract.importers.matches(
                module_subject(importer, analysis)
            ):
                message = f"`{importer}` imports `{module}`, which is marked `{contract.marker}`"
                steps = (Step(f"`{module}` is marked here", at),)
                tally.failed("imports-leftover", (importer, module), message, edge.location, steps)
        if contract.expires_key is not None and contract.today is not None:
            _judge_expiry(contract.expires_key, contract.today, module, analysis, tally)
        if tally.sites == before:
            tally.passed()
    return tally.result()


def _judge_expiry(key: Located, today: Located, module: str, analysis: Analysis, tally: Tally) -> None:
    found = claims(analysis.project, module, key)
    day = _DATE.match(found[0].value) if found else None
    if day is None:
        message = f"the header of `{module}` does not say by `{key}:` when it goes"
        line = found[0].line if found else 1
        tally.failed("no-expiry", (module,), message, header_line(analysis, module, line))
    elif day.group() <= today:
        message = f"`{module}` was to go on {day.group()}"
        tally.failed("expired", (module,), message, header_line(analysis, module, found[0].line))
