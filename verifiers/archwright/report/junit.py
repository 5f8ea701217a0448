"""A report as JUnit XML: a suite for each kind, a test case for each contract."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from archwright.contracts.errors import ContractError
from archwright.gate.results import ContractResult, Report, ReportedFinding
from archwright.model import Location, Verdict
from archwright.report.diagnostic import diagnostic
from archwright.report.source_lines import SourceLines
from archwright.report.style import Style
from archwright.report.text import place

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report, source: SourceLines) -> str:
    """The whole report. What fails the run is a failure; other findings, and suppressed ones, are output of the case."""
    root = ET.Element("testsuites", name="archwright")
    failures = 0
    for row in report.rows:
        contracts = [contract for contract in report.contracts if contract.kind == row.kind]
        suite = ET.SubElement(root, "testsuite", name=f"archwright.{row.kind}", tests=str(len(contracts)))
        failed = sum(_case(suite, contract, report, source) for contract in contracts)
        suite.attrib |= {"failures": str(failed), "errors": "0", "skipped": "0", "time": "0"}
        failures += failed
    root.attrib |= {"tests": str(len(report.contracts)), "failures": str(failures), "errors": "0"}
    return _text(root)


def render_errors(errors: Iterable[ContractError], tool_version: str) -> str:
    """A run that did not take place because the contracts cannot be used: an error for each of them."""
    listed = list(errors)
    counts = {"tests": str(len(listed)), "failures": "0", "errors": str(len(listed))}
    root = ET.Element("testsuites", {"name": "archwright", **counts})
    suite = ET.SubElement(root, "testsuite", {"name": "archwright.configuration", **counts, "skipped": "0"})
    properties = ET.SubElement(suite, "properties")
    ET.SubElement(properties, "property", name="archwright", value=tool_version)
    for error in listed:
        where = place(Location(error.path, error.line, error.column))
        case = ET.SubElement(suite, "testcase", classname="archwright.configuration", name=_clean(where))
        ET.SubElement(case, "error", type="configuration", message=_clean(error.message)).text = _clean(
            str(error)
        )
    return _text(root)


def _case(suite: ET.Element, contract: ContractResult, report: Report, source: SourceLines) -> bool:
    """Adds the case of *contract*; whether it fails."""
    name = f"archwright.{contract.kind}"
    case = ET.SubElement(suite, "testcase", classname=name, name=contract.id, time="0")
    if contract.origin.line:
        case.attrib |= {"file": _clean(contract.origin.path), "line": str(contract.origin.line)}
    found = [finding for finding in report.findings if finding.contract == contract.id]
    fatal = [finding for finding in found if report.strict or finding.verdict is Verdict.FAIL]
    other = [_shown(finding, contract, source) for finding in found if finding not in fatal]
    if fatal:  # one failure: most readers take no more for a case
        more = f" (and {len(fatal) - 1} more)" if len(fatal) > 1 else ""
        message = _clean(fatal[0].message + more)
        failure = ET.SubElement(case, "failure", type=fatal[0].evidence, message=message)
        failure.text = "\n\n".join(_shown(finding, contract, source) for finding in fatal)
    for finding in (f for f in report.suppressed if f.contract == contract.id):
        by = finding.suppression.by if finding.suppression is not None else ""
        other.append(_clean(f"suppressed ({by}): {place(finding.location)}: {finding.message}"))
    counts = f"{contract.decided} of {contract.sites} sites decided"
    ET.SubElement(case, "system-out").text = "\n\n".join([counts, *other])
    return bool(fatal)


def _shown(finding: ReportedFinding, contract: ContractResult, source: SourceLines) -> str:
    return _clean("\n".join(diagnostic(finding, contract, source, Style())))


def _clean(text: str) -> str:
    """*text* without what XML cannot hold."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _text(root: ET.Element) -> str:
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
