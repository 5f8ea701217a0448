"""A report with the paths of a checkout, for a project that is not at its top."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from archwright.contracts.errors import ContractError
from archwright.gate.results import Report, ReportedFinding
from archwright.model import Location


def below(report: Report, directory: str) -> Report:
    """*report* with every path below *directory*, the project's own path in the checkout."""
    replace = msgspec.structs.replace
    return replace(
        report,
        contracts=tuple(replace(c, origin=_location(c.origin, directory)) for c in report.contracts),
        findings=tuple(_finding(f, directory) for f in report.findings),
        suppressed=tuple(_finding(f, directory) for f in report.suppressed),
    )


def errors_below(errors: Iterable[ContractError], directory: str) -> list[ContractError]:
    """*errors* with every path below *directory*."""
    return [ContractError(e.message, _path(e.path, directory), e.line, e.column, e.hint) for e in errors]


def _finding(finding: ReportedFinding, directory: str) -> ReportedFinding:
    replace = msgspec.structs.replace
    suppression = finding.suppression
    if suppression is not None:
        suppression = replace(suppression, location=_location(suppression.location, directory))
    steps = tuple(
        step if step.location is None else replace(step, location=_location(step.location, directory))
        for step in finding.steps
    )
    location = _location(finding.location, directory)
    return replace(finding, location=location, steps=steps, suppression=suppression)


def _location(location: Location, directory: str) -> Location:
    return msgspec.structs.replace(location, path=_path(location.path, directory))


def _path(path: str, directory: str) -> str:
    return path and (directory if path == "." else f"{directory}/{path}")
