"""The trees of the corpus, opened for proofs. They are smaller than what their contracts speak of, so vacuity is not asked."""

from __future__ import annotations

from corpus_harness import Case, cases

from archwright.contracts.language import Contract
from archwright.contracts.loader import load_contracts
from archwright.facts.store import FactStore
from archwright.project.analysis import Analysis
from archwright.project.project import build_project
from archwright.prove.bench import Bench
from archwright.prove.equivalents import Transformations
from archwright.prove.prover import Prover
from archwright.source.files import discover
from archwright.source.overlay import Workspace
from archwright.verifiers.catalogue import KINDS, check

CASES = cases()


class Tree:
    """A tree of the corpus with its contracts."""

    def __init__(self, case: Case) -> None:
        self.case = case
        loaded = load_contracts(case.directory, str(case.contracts), kinds=KINDS)
        self.contracts: tuple[Contract, ...] = loaded.contracts
        self.workspace = Workspace(case.directory, discover(case.directory, loaded.topologies))
        store = FactStore(None, jobs=1)
        named = ((f.path, f.module, f.is_package) for f in self.workspace.files)
        self.project = build_project(named, self.workspace.read, loaded.topologies, store)
        self.store = store.in_memory([f.key for f in self.project.files])
        self.bench = Bench(Analysis(self.project), self.workspace)
        self.transformations = Transformations(self.bench, self.contracts)

    def prover(self) -> Prover:
        """Tries changes of the tree."""
        return Prover(self.workspace, self.project, self.store, self.contracts, check, self.transformations)


def rule_of(contract: Contract) -> str:
    """Kind and rule of a contract."""
    return f"{contract.kind} {getattr(contract, 'rule', '')}".strip()
