"""A report as SARIF 2.1.0, with what GitHub's code scanning asks for.

Every contract is a rule, also on a clean run. A finding is a result: its evidence path a code flow, what it stands beside
related locations, its identity the fingerprint. Contracts that cannot be used are notifications of a run that failed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

import msgspec

from archwright.contracts.errors import ContractError
from archwright.gate.results import (
    NOT_DECIDED,
    ContractResult,
    Report,
    ReportedFinding,
    Suppression,
)
from archwright.model import Location, Step, Verdict
from archwright.report.source_lines import SourceLines
from archwright.report.text import printable

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Verdict.PASS: "none", Verdict.WARN: "warning", Verdict.FAIL: "error"}
_FINGERPRINT = "archwrightIdentity/v1"
_ROOT = "%SRCROOT%"
_MAX_RESULTS = 25_000
"""GitHub refuses a run with more."""

Json = dict[str, Any]


def render(report: Report, source: SourceLines) -> str:
    """The whole report."""
    index = {contract.id: number for number, contract in enumerate(report.contracts)}
    # Those that fail the run come first: GitHub shows five thousand.
    order = {Verdict.FAIL: 0, Verdict.WARN: 1, Verdict.PASS: 2}
    counting = sorted(report.findings, key=lambda f: order[f.verdict])
    found = [*counting, *report.suppressed][:_MAX_RESULTS]
    left_out = len(report.findings) + len(report.suppressed) - len(found)
    notifications = [_undecided(f) for f in report.findings if f.evidence in NOT_DECIDED]
    if left_out:
        text = f"{left_out} more findings are left out: code scanning takes {_MAX_RESULTS} results"
        notifications.append({"level": "warning", "message": {"text": text}})
    return _log(
        report.tool_version,
        [_rule(contract) for contract in report.contracts],
        [_result(finding, index[finding.contract], source) for finding in found],
        notifications,
        successful=not any(f.evidence in NOT_DECIDED for f in report.findings),
        properties={
            "verdict": report.verdict.value,
            "strict": report.strict,
            "contractDigest": report.contract_digest,
            "sites": report.total.sites,
            "decided": report.total.decided,
        },
    )


def render_errors(errors: Iterable[ContractError], tool_version: str) -> str:
    """A run that did not take place because the contracts cannot be used."""
    notifications = []
    for error in errors:
        text = f"{error.message}; {error.hint}" if error.hint else error.message
        place = Location(error.path, error.line, max(error.column, 1))
        notifications.append(
            {"level": "error", "message": {"text": printable(text)}, "locations": [_location(place)]}
        )
    return _log(tool_version, [], [], notifications, successful=False, properties={"verdict": "ERROR"})


def _log(
    version: str,
    rules: list[Json],
    results: list[Json],
    notifications: list[Json],
    *,
    successful: bool,
    properties: Json,
) -> str:
    invocation: Json = {"executionSuccessful": successful}
    if notifications:
        key = "toolExecutionNotifications" if rules else "toolConfigurationNotifications"
        invocation[key] = notifications
    run = {
        "tool": {"driver": {"name": "archwright", "semanticVersion": version, "rules": rules}},
        "automationDetails": {"id": "archwright/"},
        "invocations": [invocation],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The directory of the project."}}},
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": properties,
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode() + "\n"


def _rule(contract: ContractResult) -> Json:
    why, fix = _prose(contract.why), _prose(contract.fix)
    ask = f" Ask {_prose(contract.owner)}." if contract.owner else ""
    kind = f"{contract.kind}.{contract.rule}" if contract.rule else contract.kind
    return {
        "id": contract.id,
        "shortDescription": {"text": why},
        "fullDescription": {"text": f"{why} {fix}"},
        "help": {"text": f"Why: {why} Fix: {fix}{ask}", "markdown": f"**Why:** {why}\n\n**Fix:** {fix}{ask}"},
        "defaultConfiguration": {"level": "warning" if contract.severity == "warn" else "error"},
        "properties": {
            "precision": "very-high",
            "problem.severity": "warning" if contract.severity == "warn" else "error",
            "tags": ["architecture", kind],
        },
    }


def _result(finding: ReportedFinding, rule: int, source: SourceLines) -> Json:
    result: Json = {
        "ruleId": finding.contract,
        "ruleIndex": rule,
        "level": _LEVELS[finding.verdict],
        "message": {"text": printable(finding.message)},
        "locations": [_location(finding.location, source)],
        "partialFingerprints": {
            "primaryLocationLineHash": _digest(finding.identity),
            _FINGERPRINT: finding.identity,
        },
        "properties": {"evidence": finding.evidence, "symbols": finding.symbols, "places": finding.count},
        "suppressions": [] if finding.suppression is None else [_suppression(finding.suppression)],
    }
    if finding.steps:
        result["codeFlows"] = [{"threadFlows": [{"locations": list(_flow(finding, source))}]}]
        places = [step for step in finding.steps if step.location is not None]
        if places:
            result["relatedLocations"] = [
                {**_location(step.location, source), "id": number, "message": {"text": printable(step.text)}}
                for number, step in enumerate(places, 1)
                if step.location is not None
            ]
    return result


def _flow(finding: ReportedFinding, source: SourceLines) -> Iterator[Json]:
    """The steps in order, then the place of the finding; a step without a place is where the one before it was."""
    here = finding.location
    for step in (*finding.steps, Step(finding.message, finding.location)):
        here = step.location or here
        yield {"location": {**_location(here, source), "message": {"text": printable(step.text)}}}


def _location(location: Location, source: SourceLines | None = None) -> Json:
    artifact = {"uri": quote(location.path), "uriBaseId": _ROOT}
    physical: Json = {"artifactLocation": artifact}
    if location.line:
        physical["region"] = _region(location, source)
    return {"physicalLocation": physical}


def _region(location: Location, source: SourceLines | None) -> Json:
    """All four numbers; a region of several lines is cut to its first, which is more likely to be in a diff."""
    end = location.end_column if location.end_line == location.line else 0
    line = source.line(location.path, location.line) if source is not None else None
    if line is not None and (location.end_line > location.line or end <= location.column):
        end = len(line.rstrip()) + 1
    region: Json = {
        "startLine": location.line,
        "startColumn": location.column,
        "endLine": location.line,
        "endColumn": max(end, location.column + 1),
    }
    if line is not None and line.strip():
        region["snippet"] = {"text": line}
    return region


def _suppression(suppression: Suppression) -> Json:
    why = "in the baseline"
    if suppression.by == "waiver":
        why = f"waived until {suppression.until} by {suppression.owner}: {_prose(suppression.reason or '')}"
    return {
        "kind": "external",
        "status": "accepted",
        "justification": why,
        "location": _location(suppression.location),
    }


def _undecided(finding: ReportedFinding) -> Json:
    return {
        "level": "error",
        "message": {"text": printable(finding.message)},
        "associatedRule": {"id": finding.contract},
    }


def _digest(identity: str) -> str:
    return hashlib.blake2b(identity.encode(), digest_size=16).hexdigest() + ":1"


def _prose(text: str) -> str:
    return printable(" ".join(text.split()))
