"""Every tree of the corpus gets exactly the findings written into it."""

from __future__ import annotations

import pytest
from corpus_harness import Case, cases, contract_ids, decide, expected

CASES = cases()
FAMILIES = sorted({case.family for case in CASES})


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case) -> None:
    decision = decide(case)
    wanted = expected(case)
    assert case.valid == (not wanted), "a valid tree has no marks, an invalid one has some"
    found = decision.places
    surplus, missing = found - wanted, wanted - found
    assert found == wanted, f"\nunexpected: {dict(surplus)}\nmissing: {dict(missing)}\n{decision.messages}"
    if case.valid:
        idle = [result.contract for result in decision.results if not result.sites]
        assert not idle, f"decided without looking at anything: {idle}"
        for result in decision.results:
            assert result.passed == result.sites, result.contract


@pytest.mark.parametrize("family", FAMILIES)
def test_every_contract_of_a_family_is_kept_and_broken(family: str) -> None:
    own = [case for case in CASES if case.family == family]
    broken = {contract for case in own for _, _, contract, _ in expected(case)}
    shared = {contract for case in own if not case.has_own_contracts for contract in contract_ids(case)}
    assert any(case.valid for case in own)
    assert not shared - broken, f"no invalid tree breaks {sorted(shared - broken)}"


def test_marks_name_contracts_that_exist() -> None:
    for case in CASES:
        unknown = {contract for _, _, contract, _ in expected(case)} - {*contract_ids(case), "parse"}
        assert not unknown, f"{case}: {sorted(unknown)}"
