"""``archwright docs`` on a small project, used as a person would use it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONTRACTS = """\
topology:
  id: shop
  roots: [src]
  cover: "shop.**"
  layers:
    - {id: api, name: API, modules: "shop.{domain}.api.**", contract: "HTTP | only"}
    - {id: core, name: Core, modules: ["shop", "shop.{domain}.core.**", "shop.{domain}"], contract: "decides"}
  wiring:
    api: {should: [core]}
    core: {must_not: [api]}
contracts:
  - id: wiring
    kind: imports
    rule: wiring
    why: "Core must be usable without HTTP."
    fix: "Call downwards."
"""
API = '''\
# Layer: api
"""Routes of | sales.

More.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shop.sales.core import prices as _prices

from ..core import prices

if TYPE_CHECKING:
    from decimal import Decimal

LIMIT = 10
__all__ = ["quote"]


async def quote(item: str, /, *, count: int = 1, tax: "Decimal | None" = None) -> str:
    """One price."""
    import json

    return json.dumps(prices.price(item, count))
'''
CORE = '''\
"""Prices."""

from dataclasses import dataclass
from enum import Enum


class Currency(Enum):
    """Money."""

    EUR = "eur"
    USD = "usd"


@dataclass(frozen=True)
class Price:
    amount: int


def price(item: str, count: int) -> int:
    """Price of *item*."""
    return len(item) * count
'''


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for path, text in {
        "contracts/contracts.yaml": CONTRACTS,
        "src/shop/__init__.py": "",
        "src/shop/sales/__init__.py": "",
        "src/shop/sales/api/__init__.py": "",
        "src/shop/sales/api/routes.py": API,
        "src/shop/sales/core/__init__.py": "",
        "src/shop/sales/core/prices.py": CORE,
        "src/shop/sales/core/unused.py": "def forgotten() -> None: ...\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def docs(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("archwright")), "docs", *arguments]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def pages(project: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(project)): p.read_bytes() for p in (project / "reports").rglob("*") if p.is_file()
    }


def test_a_layer_page_says_it_all(project: Path) -> None:
    run = docs(project)
    assert run.returncode == 0, run.stderr
    assert "0 removed" in run.stdout
    text = (project / "reports/topology/sales/api.md").read_text()
    for line in (
        "# Sales — api API (2 files)",
        "**Layer Contract:** HTTP | only",
        "**Path:** [`src/shop/sales/api/routes.py`](../../../src/shop/sales/api/routes.py)  ",
        "**Docstring:** Routes of | sales.",
        "| `quote` | `(item: str, /, *, count: int = 1, tax: Decimal \\| None = None) -> str` | yes | One price. |",
        "| `shop.sales.core` | prices as _prices | no |  |",
        "| `..core` | prices | yes |  |",
        "| `decimal` | Decimal | no | type-only |",
        "| `json` | json | no | in quote() |",
        "**SHOULD call:** core (Core)  ",
        "`LIMIT`",
        "`quote`",
    ):
        assert line in text.splitlines(), line
    core = (project / "reports/topology/sales/core.md").read_text()
    assert "**Called by:** api (API)  " in core
    assert "**Actual callers:** api: `shop.sales.api.routes`" in core


def test_a_domain_page_says_what_follows(project: Path) -> None:
    docs(project)
    text = (project / "reports/DOMAIN_ANALYSIS_sales.md").read_text()
    assert "- `Currency(EUR, USD)`" in text
    assert "- `Price`" in text
    assert "- `src/shop/sales/core/unused.py`: nothing imports or calls it" in text
    assert "2. `src/shop/sales/core/unused.py`: call it from where it belongs, or delete it." in text
    assert "└── " in text
    assert "LOC)" in text


def test_two_runs_give_equal_bytes_and_a_copy_elsewhere_too(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    docs(project)
    first = pages(project)
    other = tmp_path_factory.mktemp("elsewhere") / "checkout"
    shutil.copytree(project, other, ignore=shutil.ignore_patterns("reports", ".archwright_cache"))
    docs(other, "--no-cache")
    assert first == pages(other)
    assert docs(project, "--check").returncode == 0
    assert "0 written" in docs(project).stdout
    assert first == pages(project)


def test_a_changed_signature_makes_the_check_name_the_page(project: Path) -> None:
    docs(project)
    source = project / "src/shop/sales/core/prices.py"
    source.write_text(source.read_text().replace("count: int)", "count: int, tax: int = 0)"))
    run = docs(project, "--check")
    assert run.returncode == 1
    assert "reports/topology/sales/core.md is stale from line" in run.stdout
    assert docs(project).returncode == 0
    assert docs(project, "--check").returncode == 0


def test_own_templates_win_and_broken_ones_are_named(project: Path) -> None:
    (project / "templates").mkdir()
    own = project / "templates/matrix.md.j2"
    own.write_text("<!-- {{ mark }} -->\n# Ours: {{ report.verdict.value }}\n")
    assert docs(project, "--templates", "templates").returncode == 0
    assert (project / "reports/MATRIX.md").read_text().splitlines()[1] == "# Ours: PASS"
    own.write_text("<!-- {{ mark }} -->\n\n{{ report.no_such_thing }}\n")
    run = docs(project, "--templates", "templates")
    assert run.returncode == 2
    assert "templates/matrix.md.j2:3" in run.stderr
    assert "no_such_thing" in run.stderr


def test_a_violation_is_red_and_listed(project: Path) -> None:
    core = project / "src/shop/sales/core/prices.py"
    core.write_text(CORE.replace("from enum", "import shop.sales.api.routes\nfrom enum"))
    assert docs(project).returncode == 0
    page = (project / "reports/topology/sales/core.md").read_text()
    assert "### Violations" in page
    assert "`wiring`: " in page
    assert 'class="edge bad"' in (project / "reports/diagrams/shop.svg").read_text()
    assert "-. 1 reported .->" in (project / "reports/WIRING_MAP.md").read_text()
