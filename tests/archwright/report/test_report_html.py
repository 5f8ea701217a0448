"""The HTML report: complete in one file, inert whatever the code contains, and a picture of the layers."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_samples import ERRORS, clean_report, report, source, suppressed_report

from archwright.contracts.errors import ContractError
from archwright.contracts.language import Contract
from archwright.gate.architecture import Architecture, Band, Edge, Module
from archwright.gate.results import FileCounts, Report, build_report
from archwright.model import CheckResult, Finding, Location, Outcome, Step, Verdict
from archwright.report import html
from archwright.report.source_lines import SourceLines

GOLDEN = Path(__file__).parent / "golden"
VOID = {"meta", "input", "br"}

PICTURE = Architecture(
    (
        Band(
            "API",
            "API",
            "shop",
            "translates",
            (Module("shop.api.routes", "src/shop/api/routes.py", ""),),
        ),
        Band(
            "Engines",
            "Engines",
            "shop",
            "decides & <computes>",
            (
                Module("shop.engines.pricing", "src/shop/engines/pricing.py", "orders"),
                Module("shop.engines.stock", "src/shop/engines/stock.py", "stock"),
            ),
        ),
        Band(
            "Drivers",
            "Drivers",
            "shop",
            "asks",
            (Module("shop.drivers.orders", "src/shop/drivers/orders.py", ""),),
        ),
    ),
    (
        Edge("shop.api.routes", "shop.engines.pricing", 1, Verdict.PASS),
        Edge("shop.engines.pricing", "shop.drivers.orders", 3, Verdict.FAIL),
        Edge("shop.engines.stock", "shop.drivers.orders", 1, Verdict.PASS, suppressed=True),
    ),
)


class Page(HTMLParser):
    """What a browser would make of a page: elements in order, and whether they nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1] not in {"script", "style"}:
            self.text.append(data)

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        """The attributes of the elements *tag* that have the *wanted* ones."""
        return [
            found
            for name, found in self.elements
            if name == tag and all(found.get(k) == v for k, v in wanted.items())
        ]


def without_style_and_script(text: str) -> str:
    text = re.sub(r"<style>.*?</style>", "<style></style>", text, flags=re.DOTALL)
    text = re.sub(r"<script>.*?</script>", "<script></script>", text, flags=re.DOTALL)
    return re.sub(r"sha256-[A-Za-z0-9+/=]+", "sha256-", text)


WRITTEN = {
    "report.html": lambda: html.render(report(strict=True), source(), PICTURE),
    "suppressed.html": lambda: html.render(suppressed_report(), source(), PICTURE),
    "errors.html": lambda: html.render_errors(ERRORS, "1.2.3"),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_whole_pages(name: str) -> None:
    assert without_style_and_script(WRITTEN[name]()) == (GOLDEN / name).read_bytes().decode()


@pytest.mark.parametrize("name", WRITTEN)
def test_nothing_is_fetched_and_only_its_own_script_runs(name: str) -> None:
    text = WRITTEN[name]()
    page = Page(text)
    for tag, attributes in page.elements:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "form"}
        assert "src" not in attributes
        assert attributes.get("href", "#").startswith("#")
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
    (policy,) = (m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{digest}'" in policy
    assert "@import" not in text
    assert "url(" not in text


def test_the_layers_are_drawn_top_to_bottom_with_their_modules() -> None:
    page = Page(html.render(report(), source(), PICTURE))
    chips = page.all("button")
    assert [c["title"] for c in chips if c.get("class", "").startswith("chip")] == [
        "shop.api.routes",
        "shop.engines.pricing",
        "shop.engines.stock",
        "shop.drivers.orders",
    ]
    (pricing,) = page.all("button", title="shop.engines.pricing")
    assert pricing["class"] == "chip FAIL"


def test_the_edges_are_numbered_like_the_modules() -> None:
    text = html.render(report(), source(), PICTURE)
    (data,) = re.findall(r'<script type="application/json" id="graph">(.*?)</script>', text, re.DOTALL)
    graph = msgspec.json.decode(data)
    named = [(graph["modules"][a], graph["modules"][b], state) for a, b, state in graph["edges"]]
    assert named == [
        ("shop.api.routes", "shop.engines.pricing", 0),
        ("shop.engines.pricing", "shop.drivers.orders", 2),
        ("shop.engines.stock", "shop.drivers.orders", 3),
    ]
    assert len(graph["paths"]) == len(graph["modules"])


def test_every_finding_is_an_article_with_what_it_is_filtered_by() -> None:
    found = suppressed_report()
    page = Page(html.render(found, source(), PICTURE))
    cards = page.all("article")
    assert len(cards) == len(found.findings) + len(found.suppressed)
    assert [card["data-state"] for card in cards] == ["FAIL", "WARN", "suppressed", "suppressed"]


def test_a_clean_report_has_no_findings() -> None:
    page = Page(html.render(clean_report(), source(), PICTURE))
    assert page.all("article") == []
    assert "No findings." in page.text


def hostile(text: str) -> Report:
    contract = Contract(id="c", kind="imports", why=text, fix=text, owner=text)
    finding = Finding(
        "c", text, (text,), Outcome.FAIL, text, Location(text, 1, 2), (Step(text, Location(text, 1)),)
    )
    return build_report(
        [(contract, CheckResult("c", "imports", 1, 0, (finding,)))],
        tool_version="1",
        contract_digest="",
        strict=False,
        files=FileCounts(1, 0),
    )


BREAKOUTS = [
    "<script>alert(1)</script>",
    "</script>",
    "</script ",
    "<!--",
    '" onload="x',
    "'",
    "&lt;",
    "]]>",
    "{{ 7*7 }}",
]


def test_a_module_cannot_end_the_script_its_name_stands_in() -> None:
    name = "</script x=' \" <!--<script>"
    text = html.render(report(), source(), one_module(name))
    page = Page(text)
    assert len(page.all("script")) == 2
    (data,) = re.findall(r'<script type="application/json" id="graph">(.*?)</script>', text, re.DOTALL)
    assert "<" not in data
    assert msgspec.json.decode(data)["modules"] == [name]


def one_module(text: str) -> Architecture:
    return Architecture((Band(text, f"{text} ", text, text, (Module(text, text, text),)),), ())


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(BREAKOUTS) | st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4
    ).map("".join)
)
def test_nothing_from_the_code_becomes_part_of_the_page(text: str) -> None:
    lines = SourceLines(lambda _path: text.encode())
    plain = Page(html.render(hostile("x"), SourceLines(lambda _path: b"x"), one_module("x")))
    page = Page(html.render(hostile(text), lines, one_module(text)))
    ours = {
        "i",
        "span",
        "mark",
        "pre",
        "h4",
        "h3",
        "dt",
        "dd",
    }  # shown or not depending on what there is to show
    assert [t for t, _ in page.elements if t not in ours] == [t for t, _ in plain.elements if t not in ours]
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on")]
        assert tag not in {"code", "i"} or not attributes
    errors = Page(html.render_errors([ContractError(text, text, 1, 1, text or "x")], "1"))
    assert len(errors.all("script")) == 1
