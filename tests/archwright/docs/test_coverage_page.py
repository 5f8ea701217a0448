"""docs/coverage.md names contracts that exist, and accounts for every check."""

import re
from pathlib import Path

import pytest

from archwright.contracts.loader import load_contracts
from archwright.verifiers.catalogue import KINDS

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`([^`]+)`")
SCRIPTS = {title: int(count) for title, count in re.findall(r"^## (.+): (\d+) checks$", PAGE, re.M)}


def rows(title: str) -> list[dict[str, str]]:
    """The rows of the table below a heading, by the names of its columns."""
    section = PAGE.split(f"\n## {title}", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]


TITLES = re.findall(r"^## (.+?)(?:: \d+ checks)?$", PAGE, re.M)


@pytest.fixture(scope="module")
def contracts() -> set[str]:
    return {contract.id for contract in load_contracts(ROOT, kinds=KINDS).contracts}


@pytest.mark.parametrize("title", TITLES)
def test_every_check_names_contracts_that_exist_or_says_why_not(title: str, contracts: set[str]) -> None:
    found = rows(title)
    assert found
    for row in found:
        ids = NAMED.findall(row["Decided by"])
        assert set(ids) <= contracts, row
        assert ids or re.match(r"not here: \w+ \w+", row["Where"]), row


@pytest.mark.parametrize("title", SCRIPTS)
def test_the_checks_of_a_script_add_up(title: str) -> None:
    assert sum(int(row["Checks"]) for row in rows(title)) == SCRIPTS[title]


def test_all_scripts_are_there() -> None:
    assert sorted(SCRIPTS.values()) == [32, 34, 64, 78, 96]


def test_contracts_named_in_reasons_exist(contracts: set[str]) -> None:
    words = {word for word in NAMED.findall(PAGE) if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+){2,}", word)}
    assert words <= contracts
