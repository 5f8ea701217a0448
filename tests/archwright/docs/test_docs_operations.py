"""The pages on routes, calls and events, compared with the service as it is assembled when it runs."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from app.hoc.cus.hoc_spine.authority.event_types import EXTENSION_FIELDS
from app.hoc.cus.hoc_spine.orchestrator.bootstrap import build_registry
from app.main import create_app
from archwright.docs.event_page import event_pages
from archwright.docs.operation_pages import operation_pages
from archwright.docs.sources import Sources
from archwright.docs.templates import Templates
from archwright.gate.codebase import open_code_base
from archwright.gate.run import judge
from archwright.verifiers.catalogue import KINDS

ROOT = Path(__file__).parents[3]


@cache
def pages() -> dict[str, str]:
    code_base = open_code_base(ROOT, kinds=KINDS, cache_dir=ROOT / ".archwright_cache")
    sources = Sources(code_base, judge(code_base, only=()), "reports")
    made = [*operation_pages(sources, Templates()), *event_pages(sources, Templates())]
    return {page.path: page.text for page in made}


def test_the_route_map_has_every_route_of_the_service_with_its_function() -> None:
    rows = re.findall(
        r"^\| (\w+) \| `([^`]+)` \| \[`([^`]+)`\]", pages()["ROUTE_OPERATION_MAP.md"], re.MULTILINE
    )
    served = {
        (method.upper(), path): operation["operationId"]
        for path, methods in create_app().openapi()["paths"].items()
        for method, operation in methods.items()
    }
    mapped = {(method, path): function.rpartition(".")[2] for method, path, function in rows}
    assert len(mapped) == len(rows) > 90
    assert set(served) <= set(mapped)
    assert {path for _, path in set(mapped) - set(served)} <= {"/metrics", "/healthz", "/readyz"}
    for key, operation_id in served.items():
        assert operation_id.startswith(f"{mapped[key]}_"), key


def test_every_operation_that_a_route_leads_to_is_registered_and_has_its_calls() -> None:
    text = pages()["CALL_CHAINS.md"]
    chains = dict(zip(*[iter(re.split(r"^## (.+)$", text, flags=re.MULTILINE)[1:])] * 2, strict=True))
    registered = set(build_registry().operations)
    mapped = set(re.findall(r"\[`([\w.]+)`\]\(CALL_CHAINS", pages()["ROUTE_OPERATION_MAP.md"]))
    assert mapped == set(chains)
    assert mapped <= registered
    for operation, chain in chains.items():
        assert re.search(r"^- `\w+\.\w+", chain, re.MULTILINE), operation
    assert "`canary_report_driver.write_canary_report` (L6)" in chains["analytics.canary"]
    assert "costsim_canary_reports" in chains["analytics.canary"]


def test_the_catalogue_has_every_declared_event_and_who_emits_it() -> None:
    text = pages()["EVENT_CATALOGUE.md"]
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings == sorted(EXTENSION_FIELDS)
    for name in headings:
        part = text.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        assert re.search(r"^- `app\.", part, re.MULTILINE), name
