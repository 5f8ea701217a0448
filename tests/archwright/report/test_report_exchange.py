"""The formats that other programs read: whole outputs, and what those programs make of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from junitparser import JUnitXml
from report_samples import ERRORS, FINDINGS, SUPPRESSIONS, clean_report, report, source, suppressed_report

from archwright.contracts.errors import ContractError
from archwright.contracts.language import Contract
from archwright.gate.results import FileCounts, Report, build_report
from archwright.model import CheckResult, Finding, Location, Outcome, Step
from archwright.report import github, junit, sarif
from archwright.report.source_lines import SourceLines

GOLDEN = Path(__file__).parent / "golden"
SARIF_SCHEMA = msgspec.json.decode(Path(__file__).with_name("sarif-2.1.0.schema.json").read_bytes())
"""As published by OASIS."""

WRITTEN = {
    "report.sarif": lambda: sarif.render(report(), source()),
    "suppressed.sarif": lambda: sarif.render(suppressed_report(), source()),
    "errors.sarif": lambda: sarif.render_errors(ERRORS, "1.2.3"),
    "report.junit.xml": lambda: junit.render(report(), source()),
    "suppressed.junit.xml": lambda: junit.render(suppressed_report(strict=True), source()),
    "errors.junit.xml": lambda: junit.render_errors(ERRORS, "1.2.3"),
    "report.github.txt": lambda: github.render(report()),
    "errors.github.txt": lambda: github.render_errors(ERRORS),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_whole_outputs(name: str) -> None:
    assert WRITTEN[name]() == (GOLDEN / name).read_bytes().decode()


def many(number: int, *, message: str = "wrong", path: str = "a.py", steps: tuple[Step, ...] = ()) -> Report:
    """A report of *number* findings of one contract, the last of them a FAIL and the others WARN."""
    contract = Contract(id="c", kind="imports", why=message, fix="f")
    outcomes = [Outcome.UNDECIDED] * (number - 1) + [Outcome.FAIL]
    findings = tuple(
        Finding("c", "e", (f"m{n}",), outcome, message, Location(path, n + 1), steps)
        for n, outcome in enumerate(outcomes)
    )
    return build_report(
        [(contract, CheckResult("c", "imports", number, 0, findings))],
        tool_version="1",
        contract_digest="",
        strict=False,
        files=FileCounts(1, 0),
    )


def no_source() -> SourceLines:
    return SourceLines(lambda _path: b"")


class TestSarif:
    @pytest.mark.parametrize(
        "text",
        [
            *(WRITTEN[name]() for name in WRITTEN if name.endswith("sarif")),
            sarif.render(clean_report(), source()),
        ],
    )
    def test_is_valid(self, text: str) -> None:
        validator = Draft202012Validator(SARIF_SCHEMA, format_checker=FormatChecker())
        log = msgspec.json.decode(text)
        assert [error.message for error in validator.iter_errors(log)] == []
        assert not validator.is_valid({**log, "version": "2.0.0"})

    def test_says_all_that_github_asks_for(self) -> None:
        (run,) = msgspec.json.decode(sarif.render(report(), source()))["runs"]
        rules = run["tool"]["driver"]["rules"]
        assert [rule["id"] for rule in rules] == [contract.id for contract in report().contracts]
        for rule in rules:
            assert rule["shortDescription"]["text"]
            assert rule["fullDescription"]["text"]
            assert rule["help"]["text"]
            assert rule["help"]["markdown"]
        for result in run["results"]:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
            assert result["message"]["text"]
            (location,) = result["locations"]
            uri = location["physicalLocation"]["artifactLocation"]["uri"]
            assert not urlsplit(uri).scheme
            assert not uri.startswith("/")
            region = location["physicalLocation"]["region"]
            assert {"startLine", "startColumn", "endLine", "endColumn"} <= set(region)
            assert re.fullmatch(r"[0-9a-f]{32}:1", result["partialFingerprints"]["primaryLocationLineHash"])

    def test_all_rules_are_listed_on_a_clean_run(self) -> None:
        (run,) = msgspec.json.decode(sarif.render(clean_report(), source()))["runs"]
        assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["clean"]
        assert run["results"] == []
        assert run["invocations"] == [{"executionSuccessful": True}]

    def test_the_evidence_path_is_a_code_flow_that_ends_at_the_finding(self) -> None:
        (run,) = msgspec.json.decode(sarif.render(report(), source()))["runs"]
        (flowing,) = (result for result in run["results"] if "codeFlows" in result)
        ((thread,),) = (flow["threadFlows"] for flow in flowing["codeFlows"])
        texts = [place["location"]["message"]["text"] for place in thread["locations"]]
        assert texts == [*(step.text for step in FINDINGS[0].steps), FINDINGS[0].message]
        assert (
            thread["locations"][-1]["location"]["physicalLocation"]
            == flowing["locations"][0]["physicalLocation"]
        )

    def test_suppressed_findings_are_there_with_who_answers_for_them(self) -> None:
        (run,) = msgspec.json.decode(sarif.render(suppressed_report(), source()))["runs"]
        states = {
            result["partialFingerprints"]["archwrightIdentity/v1"]: [
                s["justification"] for s in result["suppressions"]
            ]
            for result in run["results"]
        }
        assert {identity for identity, why in states.items() if why} == set(SUPPRESSIONS)
        assert any("team <orders>" in text for why in states.values() for text in why)

    def test_a_crash_is_a_notification_of_a_run_that_failed(self) -> None:
        (run,) = msgspec.json.decode(sarif.render(report(), source()))["runs"]
        (invocation,) = run["invocations"]
        assert invocation["executionSuccessful"] is False
        assert [n["associatedRule"]["id"] for n in invocation["toolExecutionNotifications"]] == ["breaks"]

    def test_fingerprints_do_not_move_with_the_code(self) -> None:
        def prints(by: int) -> list[Any]:
            contract = Contract(id="c", kind="imports", why="w", fix="f")
            findings = (Finding("c", "e", ("m",), Outcome.FAIL, f"moved {by}", Location("a.py", 1 + by)),)
            moved = build_report(
                [(contract, CheckResult("c", "imports", 1, 0, findings))],
                tool_version="1",
                contract_digest="",
                strict=False,
                files=FileCounts(1, 0),
            )
            log = msgspec.json.decode(sarif.render(moved, no_source()))
            return [result["partialFingerprints"] for result in log["runs"][0]["results"]]

        assert prints(0) == prints(7)

    @settings(deadline=None)
    @given(
        st.text(st.characters(exclude_characters="/\\", exclude_categories=["Cs", "Cc"]), min_size=1),
        st.text(),
    )
    def test_any_name_and_message_gives_a_valid_log(self, name: str, message: str) -> None:
        steps = (Step(message, Location(name, 3)), Step(message))
        text = sarif.render(many(2, message=message or "m", path=name, steps=steps), no_source())
        log = msgspec.json.decode(text)
        assert Draft202012Validator(SARIF_SCHEMA).is_valid(log)
        for result in log["runs"][0]["results"]:
            uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            assert unquote(uri) == name
            assert uri.isascii()

    def test_no_more_results_than_code_scanning_takes_and_it_says_so(self) -> None:
        (run,) = msgspec.json.decode(sarif.render(many(25_003), no_source()))["runs"]
        assert len(run["results"]) == 25_000
        assert run["results"][0]["level"] == "error"
        (notification,) = run["invocations"][0]["toolExecutionNotifications"]
        assert notification["message"]["text"].startswith("3 more findings are left out")


class TestJunit:
    @pytest.mark.parametrize("strict", [False, True])
    def test_its_readers_count_what_the_report_counts(self, strict: bool) -> None:
        found = report(strict)
        xml = JUnitXml.fromstring(junit.render(found, source()).encode())
        cases = {case.name: case for suite in xml for case in suite}
        assert set(cases) == {contract.id for contract in found.contracts}
        failing = {name for name, case in cases.items() if case.result}
        assert failing == {f.contract for f in found.findings if strict or f.verdict.value == "FAIL"}
        assert (xml.tests, xml.failures, xml.errors) == (len(cases), len(failing), 0)
        for suite in xml:
            assert suite.tests == len(list(suite))
            assert suite.failures == sum(bool(case.result) for case in suite)

    def test_configuration_errors_are_errors(self) -> None:
        xml = JUnitXml.fromstring(junit.render_errors(ERRORS, "1.2.3").encode())
        assert (xml.tests, xml.failures, xml.errors) == (2, 0, 2)

    @settings(deadline=None)
    @given(st.text(st.characters(exclude_categories=["Cs"])))
    def test_any_message_gives_well_formed_xml(self, message: str) -> None:
        JUnitXml.fromstring(junit.render(many(1, message=message, path=message or "a"), no_source()).encode())
        error = ContractError(message, message or "a", 1, 1, message)
        JUnitXml.fromstring(junit.render_errors([error], "1").encode())


ANNOTATION = re.compile(r"::(error|warning|notice) ([^:]*)::([^\r\n]*)")
"""As the runner of GitHub's workflows reads it."""


def decoded(line: str) -> tuple[str, dict[str, str], str]:
    """What the runner makes of a line."""
    found = ANNOTATION.fullmatch(line)
    assert found, line

    def plain(text: str, codes: dict[str, str]) -> str:
        for code, char in codes.items():
            text = text.replace(code, char)
        return text.replace("%25", "%")

    basic = {"%0D": "\r", "%0A": "\n"}
    pairs = (pair.split("=", 1) for pair in found[2].split(",") if pair)
    properties = {key: plain(value, {**basic, "%3A": ":", "%2C": ","}) for key, value in pairs}
    return found[1], properties, plain(found[3], basic)


class TestGithub:
    def test_the_worst_ten_and_then_a_summary(self) -> None:
        lines = [decoded(line) for line in github.render(many(25)).splitlines()]
        assert [kind for kind, _, _ in lines] == ["error", *["warning"] * 9, "notice"]
        assert lines[-1][2].endswith("1 of 25 sites decided · 1 file; 15 more findings not shown here")

    def test_a_clean_run_is_a_summary(self) -> None:
        (line,) = github.render(clean_report()).splitlines()
        assert decoded(line)[0] == "notice"

    @settings(deadline=None)
    @given(st.text(min_size=1), st.text(min_size=1))
    def test_the_runner_reads_what_was_meant(self, path: str, message: str) -> None:
        error = ContractError(message, path, 3, 5)
        text = github.render_errors([error])
        assert len(text.split("\n")) == 3
        kind, properties, said = decoded(text.split("\n")[0])
        assert (kind, properties["file"], properties["line"], said) == ("error", path, "3", message)
