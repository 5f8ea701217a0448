"""Whole outputs of every format, compared with files that were read by a person."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from jsonschema import Draft202012Validator
from report_samples import (
    BREAKS,
    ERRORS,
    FINDINGS,
    SUPPRESSIONS,
    clean_report,
    report,
    source,
    suppressed_report,
    warning_report,
)

from archwright.gate.results import FileCounts, build_report
from archwright.model import CheckResult, Finding, Location, Outcome
from archwright.report import json, markdown, matrix, terminal
from archwright.report.style import Style

GOLDEN = Path(__file__).parent / "golden"


def golden(name: str) -> str:
    return (GOLDEN / name).read_bytes().decode()


def test_terminal() -> None:
    assert terminal.render(report(), source(), Style()) == golden("terminal.txt")


def test_terminal_in_colour() -> None:
    assert terminal.render(warning_report(strict=True), source(), Style(color=True)) == golden(
        "terminal_color.txt"
    )


def test_terminal_without_unicode_differs_in_drawing_only() -> None:
    plain = terminal.render(report(), source(), Style(unicode=False))
    assert plain.isascii()
    assert plain == golden("terminal.txt").replace("│", "|").replace("·", "-")


def test_a_clean_run_is_a_matrix_and_a_line() -> None:
    assert terminal.render(clean_report(), source(), Style()) == (
        "          contracts   sites   PASS   WARN   FAIL\n"
        "imports           1       1      1      0      0\n"
        "total             1       1      1      0      0\n"
        "\n"
        "PASS · 1 of 1 site decided · 1 file\n"
    )


def test_quiet_is_findings_only() -> None:
    assert terminal.render(clean_report(), source(), Style(), quiet=True) == ""
    quiet = terminal.render(report(), source(), Style(), quiet=True)
    assert quiet.startswith("contracts/rules.yaml:4:5: FAIL breaks")
    assert quiet.rstrip().endswith("= ask: team-orders")


@pytest.mark.parametrize(("strict", "word"), [(False, "WARN ·"), (True, "WARN fails (--strict) ·")])
def test_the_last_line_says_when_a_warning_fails(strict: bool, word: str) -> None:
    last = terminal.render(warning_report(strict), source(), Style()).splitlines()[-1]
    assert last == f"{word} 0 FAIL, 1 WARN · 3 of 3 sites decided · 2 files"


def test_of_very_many_findings_the_terminal_shows_some_and_says_so() -> None:
    many = tuple(
        Finding("breaks", "e", (f"m{n}",), Outcome.FAIL, f"no. {n}", Location("gone.py", n + 1))
        for n in range(60)
    )
    found = build_report(
        [(BREAKS, CheckResult("breaks", "ordering", 60, 0, many))],
        tool_version="1",
        contract_digest="",
        strict=False,
        files=FileCounts(1, 0),
    )
    text = terminal.render(found, source(), Style())
    assert text.count("FAIL breaks:") == 50
    assert "10 more findings of breaks; all of them: archwright explain breaks" in text
    assert "".join(terminal.findings(found, source(), Style(), limit=None)).count("FAIL breaks:") == 60
    assert len(msgspec.json.decode(json.render(found))["findings"]) == 60


def test_json() -> None:
    assert json.render(report()) == golden("report.json")


def test_json_holds_every_finding_under_its_identity() -> None:
    decoded = msgspec.json.decode(json.render(report()))
    assert {f["identity"] for f in decoded["findings"]} >= {f.identity for f in FINDINGS}
    assert decoded["verdict"] == "FAIL"


def test_json_of_configuration_errors() -> None:
    assert msgspec.json.decode(json.render_errors(ERRORS, "1.2.3")) == {
        "schema_version": 2,
        "tool": {"name": "archwright", "version": "1.2.3"},
        "verdict": "ERROR",
        "strict": False,
        "failed": True,
        "contract_digest": "",
        "errors": [
            {
                "path": "contracts/a.yaml",
                "line": 3,
                "column": 5,
                "message": "unknown key `form`",
                "hint": "did you mean <from>?",
            },
            {
                "path": "contracts",
                "line": 0,
                "column": 0,
                "message": "holds no contract file (*.yaml)",
                "hint": "",
            },
        ],
        "files": None,
        "scope": None,
        "matrix": None,
        "contracts": [],
        "findings": [],
        "suppressed": [],
    }


def test_markdown() -> None:
    assert markdown.render(report(strict=True), source()) == golden("report.md")


def test_markdown_of_a_clean_run_is_the_matrix() -> None:
    text = markdown.render(clean_report(), source())
    assert text.startswith("## archwright: PASS (strict)\n\n1 of 1 site decided in 1 file.\n\n| |")
    assert "###" not in text


def test_markdown_of_configuration_errors() -> None:
    assert markdown.render_errors(ERRORS) == (
        "## archwright: ERROR\n\n"
        "The contracts cannot be used.\n\n"
        "- `contracts/a.yaml:3:5` unknown key `form`<br>did you mean \\<from\\>?\n"
        "- `contracts` holds no contract file (\\*.yaml)\n"
    )


def test_the_terminal_shows_what_is_suppressed_and_what_is_left_out() -> None:
    assert terminal.render(suppressed_report(), source(), Style()) == golden("suppressed.txt")


def test_markdown_shows_what_is_suppressed_and_what_is_left_out() -> None:
    assert markdown.render(suppressed_report(), source()) == golden("suppressed.md")


def test_json_keeps_what_is_suppressed_apart() -> None:
    assert json.render(suppressed_report()) == golden("suppressed.json")
    decoded = msgspec.json.decode(json.render(suppressed_report()))
    assert {f["identity"] for f in decoded["suppressed"]} == set(SUPPRESSIONS)
    assert not {f["identity"] for f in decoded["findings"]} & set(SUPPRESSIONS)


@pytest.mark.parametrize(
    "text",
    [
        json.render(report()),
        json.render(suppressed_report(strict=True)),
        json.render(clean_report()),
        json.render_errors(ERRORS, "1.2.3"),
    ],
    ids=["findings", "suppressed", "clean", "errors"],
)
def test_json_follows_its_published_schema(text: str) -> None:
    schema = msgspec.json.decode(json.report_schema())
    validator = Draft202012Validator(schema)
    Draft202012Validator.check_schema(schema)
    document = msgspec.json.decode(text)
    validator.validate(document)
    for key in document:
        broken = {**document, key: object()}
        assert not validator.is_valid(broken), key


def test_the_published_schema_of_reports_is_current() -> None:
    published = Path(__file__).parents[3] / "docs/report.schema.json"
    assert published.read_bytes() == json.report_schema(), (
        "run: archwright schema --report > docs/report.schema.json"
    )


def test_the_matrix_of_the_aggregator() -> None:
    assert matrix.render(report(strict=True)) == (
        "| Verifier | PASS | WARN | FAIL |\n"
        "|----------|------|------|------|\n"
        "| Imports | 1213 | 1 | 1 |\n"
        "| Ordering | 2 | 1 | 1 |\n"
        "| Aggregator (strict) | 1 | 0 | 3 |\n"
        "| **Total** | **1216** | **2** | **5** |\n"
    )
    assert "| Aggregator | 1 | 1 | 2 |" in matrix.render(report())


@pytest.mark.parametrize("size", [500, 900, 1300])
def test_markdown_that_has_to_fit_is_cut_before_a_finding_and_says_so(size: int) -> None:
    text = markdown.render(report(), source())
    cut = markdown.fitting(text, size)
    assert len(cut.encode()) <= size
    kept, left = cut.rsplit("\n\n", 1)
    assert text.startswith(kept)
    missing = 4 - kept.count("- **")
    assert missing > 0
    assert left == f"{missing} more finding{'s' * (missing > 1)} left out: there is no room for more here.\n"
    assert kept.count("```") % 2 == 0
    assert markdown.fitting(text, 100_000) == text
