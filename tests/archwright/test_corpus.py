"""Every tree of the corpus gets exactly the findings written into it."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest
from corpus_harness import Case, Decision, cases, decide, expected

CASES = cases()
FAMILIES = sorted({case.family for case in CASES})


@cache
def _decided(case: Case) -> Decision:
    return decide(case)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case) -> None:
    decision = _decided(case)
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
    broken: Counter[str] = Counter()
    for case in own:
        for _, _, contract, _ in expected(case):
            broken[contract] += 1
    shared = {
        contract.id
        for case in own
        for contract in _decided(case).contracts
        if case.contracts.parent != case.directory and contract.id != "parse"
    }
    assert any(case.valid for case in own)
    assert not shared - set(broken), f"no invalid tree breaks {sorted(shared - set(broken))}"


def test_marks_name_contracts_that_exist() -> None:
    for case in CASES:
        known = {contract.id for contract in _decided(case).contracts}
        unknown = {contract for _, _, contract, _ in expected(case)} - known
        assert not unknown, f"{case}: {sorted(unknown)}"
