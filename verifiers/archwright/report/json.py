"""A report as JSON: the same bytes for the same code and contracts, on every machine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from archwright.contracts.errors import ContractError
from archwright.gate.results import MatrixRow, Report

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
            "contracts": report.contracts,
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


def _row(row: MatrixRow) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "contracts": row.contracts,
        "sites": row.sites,
        "decided": row.decided,
        "PASS": row.passed,
        "WARN": row.warned,
        "FAIL": row.failed,
    }


def _document(value: dict[str, Any]) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"
