"""The picture of a code base: every module in its band, every import an edge, with what the report says about it."""

from __future__ import annotations

from pathlib import Path

from gate_samples import KINDS, check, contract, shop

from archwright.gate.architecture import NO_LAYER, Architecture, architecture
from archwright.gate.codebase import open_code_base
from archwright.gate.results import Suppression, build_report, reported
from archwright.gate.run import judge
from archwright.model import Location, Verdict

ROUTES, PRICING, PACKAGE = "shop.api.orders.routes", "shop.engines.orders.pricing", "shop.engines.orders"


def drawn(project: Path) -> Architecture:
    code_base = open_code_base(project, kinds=KINDS)
    return architecture(code_base, judge(code_base, check=check))


def edges(picture: Architecture) -> dict[tuple[str, str], str]:
    return {(edge.source, edge.target): edge.verdict.value for edge in picture.edges}


def test_bands_are_the_layers_from_top_to_bottom_with_their_modules_in_groups(tmp_path: Path) -> None:
    shop(tmp_path, files={"src/shop/api/billing/routes.py": "", "src/shop/stray.py": ""})
    picture = drawn(tmp_path)
    assert [(band.id, [(m.group, m.name) for m in band.modules]) for band in picture.bands] == [
        ("API", [("billing", "shop.api.billing.routes"), ("orders", ROUTES)]),
        ("Engines", [("orders", PACKAGE), ("orders", PRICING)]),
        (NO_LAYER, [("", "shop.stray")]),
    ]
    assert picture.bands[0].contract == "translates"


def test_edges_are_the_imports_of_this_code_base_by_where_the_names_come_from(tmp_path: Path) -> None:
    shop(
        tmp_path,
        files={"src/shop/api/orders/more.py": "import json\nfrom shop.engines.orders import pricing\n"},
    )
    assert edges(drawn(tmp_path)) == {
        (ROUTES, PRICING): "PASS",
        (PACKAGE, PRICING): "PASS",
        ("shop.api.orders.more", PRICING): "PASS",
    }


def test_an_import_with_a_finding_has_its_verdict_and_the_worst_counts(tmp_path: Path) -> None:
    again = "import shop.engines.orders.pricing\nfrom shop.engines.orders.pricing import total\n"
    shop(tmp_path, contract(name="shop"), files={"src/shop/api/orders/more.py": again})
    code_base = open_code_base(tmp_path, kinds=KINDS)
    report = judge(code_base, check=check)
    assert set(edges(architecture(code_base, report)).values()) == {"FAIL"}
    warned = architecture(code_base, judge(code_base, check=check, only=()))
    assert {edge.verdict for edge in warned.edges} == {Verdict.PASS}


def test_an_import_whose_finding_is_suppressed_is_told_apart(tmp_path: Path) -> None:
    shop(tmp_path, contract(name="shop"))
    code_base = open_code_base(tmp_path, kinds=KINDS)
    decided = [(c, check(c, code_base.analysis)) for c in code_base.contracts.contracts]
    at = Location("contracts/baseline.txt", 4)
    report = build_report(
        decided,
        tool_version="1",
        contract_digest="",
        strict=False,
        files=judge(code_base, check=check).files,
        suppressed={finding.identity: Suppression("baseline", at) for finding in reported(decided)},
    )
    assert {(edge.verdict, edge.suppressed) for edge in architecture(code_base, report).edges} == {
        (Verdict.PASS, True)
    }
