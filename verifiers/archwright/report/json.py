"""A report as JSON: the same bytes for the same code and contracts, on every machine; and the schema of that JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from archwright.contracts.errors import ContractError
from archwright.gate.results import ContractResult, FileCounts, MatrixRow, Report, ReportedFinding, Scope
from archwright.model import Location, Verdict

SCHEMA_VERSION: Literal[2] = 2
"""Grows when a reader of the older form could misunderstand the newer one.

2: findings that are waived or in the baseline are in ``suppressed``, and a report may be limited to a change.
"""


class Tool(msgspec.Struct, frozen=True):
    """Who says it."""

    version: str
    name: Literal["archwright"] = "archwright"


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How much was decided, and how. PASS counts sites, WARN and FAIL count findings."""

    sites: int
    decided: int
    passed: int = msgspec.field(name="PASS")
    warned: int = msgspec.field(name="WARN")
    failed: int = msgspec.field(name="FAIL")
    suppressed: int


class Row(Counts, frozen=True, kw_only=True):
    """One line of the matrix."""

    kind: str
    contracts: int


class Matrix(msgspec.Struct, frozen=True):
    """The matrix."""

    kinds: tuple[Row, ...]
    total: Row


class ContractEntry(Counts, frozen=True, kw_only=True):
    """What one contract says, and what it came to."""

    id: str
    kind: str
    rule: str
    severity: str
    verdict: Verdict
    why: str
    fix: str
    owner: str | None
    origin: Location | None
    """None for a contract that is built in."""


class Error(msgspec.Struct, frozen=True):
    """Something wrong with the contracts; line 0: with a whole file or directory."""

    path: str
    line: int
    column: int
    message: str
    hint: str


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What ``archwright check --format json`` writes."""

    schema_version: Literal[2] = SCHEMA_VERSION
    tool: Tool
    verdict: Literal["PASS", "WARN", "FAIL", "ERROR"]
    """ERROR: the contracts cannot be used, and nothing was checked; then everything below ``errors`` is empty."""
    strict: bool
    failed: bool
    contract_digest: str
    errors: tuple[Error, ...] = ()
    files: FileCounts | None = None
    scope: Scope | None = None
    matrix: Matrix | None = None
    contracts: tuple[ContractEntry, ...] = ()
    findings: tuple[ReportedFinding, ...] = ()
    suppressed: tuple[ReportedFinding, ...] = ()


def render(report: Report) -> str:
    """The whole report."""
    return _text(
        Document(
            tool=Tool(report.tool_version),
            verdict=report.verdict.value,
            strict=report.strict,
            failed=report.failed,
            contract_digest=report.contract_digest,
            files=report.files,
            scope=report.scope,
            matrix=Matrix(tuple(map(_row, report.rows)), _row(report.total)),
            contracts=tuple(map(_contract, report.contracts)),
            findings=report.findings,
            suppressed=report.suppressed,
        )
    )


def render_errors(errors: Iterable[ContractError], tool_version: str) -> str:
    """A run that did not take place because the contracts cannot be used."""
    listed = tuple(Error(e.path, e.line, e.column, e.message, e.hint) for e in errors)
    return _text(
        Document(
            tool=Tool(tool_version),
            verdict="ERROR",
            strict=False,
            failed=True,
            contract_digest="",
            errors=listed,
        )
    )


def report_schema() -> bytes:
    """JSON Schema of what ``render`` and ``render_errors`` write."""
    (root,), definitions = msgspec.json.schema_components([Document], ref_template="#/$defs/{name}")
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "archwright report",
        **root,
        "$defs": dict(sorted(definitions.items())),
    }
    return msgspec.json.format(msgspec.json.encode(schema), indent=2) + b"\n"


def _contract(contract: ContractResult) -> ContractEntry:
    return ContractEntry(
        id=contract.id,
        kind=contract.kind,
        rule=contract.rule,
        severity=contract.severity,
        verdict=contract.verdict,
        why=contract.why,
        fix=contract.fix,
        owner=contract.owner,
        origin=contract.origin if contract.origin.line else None,
        **_counts(contract),
    )


def _row(row: MatrixRow) -> Row:
    return Row(kind=row.kind, contracts=row.contracts, **_counts(row))


def _counts(counted: ContractResult | MatrixRow) -> dict[str, int]:
    return {
        "sites": counted.sites,
        "decided": counted.decided,
        "passed": counted.passed,
        "warned": counted.warned,
        "failed": counted.failed,
        "suppressed": counted.suppressed,
    }


def _text(document: Document) -> str:
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"
