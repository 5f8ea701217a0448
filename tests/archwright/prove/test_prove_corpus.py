"""Every rule proves itself on the trees of the corpus: whatever is derived from a valid tree is noticed, and no rule is without."""

from __future__ import annotations

import os
from collections import Counter
from functools import cache

import pytest
from corpus_trees import CASES, Tree, rule_of

from archwright.prove import catalogue
from archwright.prove.run import plan

WHOLE = bool(os.environ.get("ARCHWRIGHT_WHOLE_CORPUS"))
LIMIT = 10_000 if WHOLE else 2
VALID = [case for case in CASES if case.valid]
SHARES = 8


@cache
def share(number: int) -> tuple[list[str], Counter[type], Counter[type]]:
    """What survives in one share of the valid trees, and how many were derived and tried, by kind of contract."""
    survivors: list[str] = []
    derived: Counter[type] = Counter()
    tried: Counter[type] = Counter()
    for case in VALID[number::SHARES]:
        tree = Tree(case)
        prover = tree.prover()
        for contract in tree.contracts:
            planned = plan(contract, tree.bench, LIMIT)
            derived[type(contract)] += planned.derived
            tried[type(contract)] += len(planned.chosen)
            for one in planned.chosen:
                result = prover.try_counterexample(contract, one).result
                if result != "killed":
                    survivors.append(
                        f"{case} {contract.id} ({rule_of(contract)}): {one.description}: {result}"
                    )
    return survivors, derived, tried


@pytest.mark.parametrize("number", range(SHARES))
def test_valid_trees_keep_no_counterexample_alive(number: int) -> None:
    survivors, _, tried = share(number)
    assert not survivors, "\n".join(survivors)
    assert sum(tried.values()) > 50


def test_every_rule_derives_counterexamples_from_some_tree() -> None:
    derived: Counter[type] = Counter()
    for number in range(SHARES):
        derived += share(number)[1]
    without = {kind.__name__ for kind in catalogue.DERIVERS} - {kind.__name__ for kind in derived}
    assert not without, f"nothing is derived for {sorted(without)}"
