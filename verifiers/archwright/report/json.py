"""A report as JSON: the same bytes for the same code and contracts, on every machine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from archwright.contracts.errors import ContractError
from archwright.gate.results import ContractResult, MatrixRow, Report

SCHEMA_VERSION = 1
"""Grows when a reader of the older form could misunderstand the newer one."""


def render(report: Report) -> str:
    """The whole report."""
    return _document(
        {
            "schema_version": SCHEMA_VERSION,
            "tool": {"name": "archwright", "version": report.tool_version},
            "verdict": report.verdict,
            "strict": report.strict,
            "failed": report.failed,
            "contract_digest": report.contract_digest,
            "errors": [],
            "files": report.files,
            "matrix": {"kinds": [_row(row) for row in report.rows], "total": _row(report.total)},
            "contracts": [_contract(contract) for contract in report.contracts],
            "findings": report.findings,
        }
    )


def render_errors(errors: Iterable[ContractError], tool_version: str) -> str:
    """A run that did not take place because the contracts cannot be used."""
    return _document(
        {
            "schema_version": SCHEMA_VERSION,
            "tool": {"name": "archwright", "version": tool_version},
            "verdict": "ERROR",
            "failed": True,
            "errors": [
                {
                    "path": error.path,
                    "line": error.line,
                    "column": error.column,
                    "message": error.message,
                    "hint": error.hint,
                }
                for error in errors
            ],
        }
    )


def _contract(contract: ContractResult) -> dict[str, Any]:
    return {
        "id": contract.id,
        "kind": contract.kind,
        "rule": contract.rule,
        "severity": contract.severity,
        "verdict": contract.verdict,
        "why": contract.why,
        "fix": contract.fix,
        "owner": contract.owner,
        "origin": contract.origin if contract.origin.line else None,
        **_counts(contract),
    }


def _row(row: MatrixRow) -> dict[str, Any]:
    return {"kind": row.kind, "contracts": row.contracts, **_counts(row)}


def _counts(counted: ContractResult | MatrixRow) -> dict[str, int]:
    return {
        "sites": counted.sites,
        "decided": counted.decided,
        "PASS": counted.passed,
        "WARN": counted.warned,
        "FAIL": counted.failed,
    }


def _document(value: dict[str, Any]) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"
