"""A diagnostic shows the place, whatever the source looks like, and nothing in the source steers the terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from report_samples import CLEAN

from archwright.gate.results import FileCounts, build_report
from archwright.model import CheckResult, Finding, Location, Outcome
from archwright.report import markdown
from archwright.report.diagnostic import diagnostic
from archwright.report.source_lines import SourceLines
from archwright.report.style import Style
from archwright.report.text import printable, width


def shown(line: str, location: Location, message: str = "problem") -> list[str]:
    """The diagnostic of a finding in a file of one line."""
    finding = Finding("clean", "e", ("s",), Outcome.FAIL, message, location)
    report = build_report(
        [(CLEAN, CheckResult("clean", "imports", 1, 0, (finding,)))],
        tool_version="1",
        contract_digest="",
        strict=False,
        files=FileCounts(1, 0),
    )
    source = SourceLines(lambda _path: line.encode("utf-8", "surrogatepass"))
    return list(diagnostic(report.findings[0], report.contracts[0], source, Style()))


@pytest.mark.parametrize(
    ("line", "span", "source", "marks"),
    [
        ("import json", (8, 12), "import json", "       ^^^^"),
        ("\timport json", (9, 13), "    import json", "           ^^^^"),
        ("数 = load(値)", (5, 12), "数 = load(値)", "     ^^^^^^^^"),
        ("e\u0301 = f()", (6, 9), "e\u0301 = f()", "    ^^^"),
        ("x = 1", (6, 7), "x = 1", "     ^"),
        ("x = 1", (90, 95), "x = 1", "     ^"),
    ],
)
def test_the_marks_stand_below_what_is_meant(
    line: str, span: tuple[int, int], source: str, marks: str
) -> None:
    lines = shown(line, Location("a.py", 1, span[0], 1, span[1]))
    assert lines[2:4] == [f"1 │ {source}", f"  │ {marks}"]


def test_a_span_over_several_lines_is_marked_to_the_end_of_the_first() -> None:
    lines = shown("call(  # begins\n  x)", Location("a.py", 1, 1, 2, 5))
    assert lines[3] == "  │ ^^^^^^^^^^^^^^^"


def test_a_very_long_line_is_cut_around_the_place() -> None:
    long = "a" * 500 + "TARGET" + "b" * 500
    lines = shown(long, Location("a.py", 1, 501, 1, 507))
    assert "…" + "a" * 55 + "TARGET" + "b" * 48 + "…" in lines[2]
    assert lines[3].endswith("^" * 6)
    assert len(lines[2]) < 120


@pytest.mark.parametrize("location", [Location("a.py", 7), Location("a.py", 0, 0), Location("gone.py", 1)])
def test_a_place_without_source_is_still_named(location: Location) -> None:
    lines = shown("", location)
    assert lines[0].startswith(location.path)
    assert [line.strip() for line in lines[1:]] == ["= why: Because.", "= fix: Do."]


@given(st.text(), st.text(), st.integers(1, 40), st.integers(0, 40))
@example("x = '\x1b[2J\u202e'", "\x1b]0;title\x07", 5, 3)
def test_nothing_from_the_code_steers_the_terminal(line: str, message: str, column: int, length: int) -> None:
    lines = shown(line, Location("a\x1b.py", 1, column, 1, column + length), message)
    assert all(text.isprintable() for text in lines)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200), st.data())
def test_the_marks_are_as_wide_as_what_they_mark(line: str, data: st.DataObject) -> None:
    line = line.replace("\r", "").replace("\n", "")
    if not line.strip():
        return
    start = data.draw(st.integers(1, len(line)))
    lines = shown(line, Location("a.py", 1, start, 1, start + 1))
    if len(lines) == 6:
        assert width(lines[3].rstrip("^")) <= width(lines[2]) + 4
        assert lines[3].count("^") == max(width(printable(line[start - 1])), 1)


def test_lines_end_where_python_says() -> None:
    source = SourceLines(lambda _path: b"\xef\xbb\xbfa\r\nb\rc\nd\x0ce\xe2\x80\xa8f\xff")
    assert [source.line("x", n) for n in range(6)] == [
        None,
        "a",
        "b",
        "c",
        "d\x0ce\u2028f\N{REPLACEMENT CHARACTER}",
        None,
    ]


def test_width_counts_columns() -> None:
    assert (width("abc"), width("日本"), width("e\u0301")) == (3, 4, 1)
    assert unicodedata.east_asian_width("日") == "W"


@pytest.mark.parametrize(
    ("message", "rendered"),
    [
        ("`a.__init__` calls __init__", "`a.__init__` calls \\_\\_init\\_\\_"),
        ("<img src=x onerror=y> [l](u) | *", "\\<img src=x onerror=y\\> \\[l\\](u) \\| \\*"),
        ("an odd ` tick", "an odd \\` tick"),
        ("two\nlines", "two lines"),
    ],
)
def test_markdown_shows_messages_as_they_are(message: str, rendered: str) -> None:
    finding = Finding("clean", "e", ("s",), Outcome.FAIL, message, Location("a`b.py", 1))
    report = build_report(
        [(CLEAN, CheckResult("clean", "imports", 1, 0, (finding,)))],
        tool_version="1",
        contract_digest="",
        strict=False,
        files=FileCounts(1, 0),
    )
    text = markdown.render(report, SourceLines(lambda _path: b"x = '''```'''\n"))
    assert f"- **FAIL** `` a`b.py:1:1 `` {rendered}\n" in text
    assert "  ````python\n  x = '''```'''\n  ````" in text
