"""Runs a proof: derives the changes of every contract, extracts their facts together, and tries them in parallel."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path

import msgspec

from archwright.contracts.files import DEFAULT_DIRECTORY
from archwright.contracts.language import Contract
from archwright.contracts.loader import ContractSet, Kinds, load_contracts
from archwright.facts.store import FactStore, usable_cores
from archwright.gate.codebase import CodeBase
from archwright.gate.vacuity import check_vacuity
from archwright.model import CheckResult
from archwright.project.analysis import Analysis
from archwright.project.project import build_project
from archwright.prove import catalogue
from archwright.prove.bench import Bench
from archwright.prove.counterexample import Counterexample, Equivalent
from archwright.prove.equivalents import TOGETHER, Transformations
from archwright.prove.prover import Check, Outcomes, Prover, loaded_texts
from archwright.prove.spread import spread_over
from archwright.prove.trial import Disturbance, Proof, ProveReport, Trial
from archwright.source.files import discover
from archwright.source.overlay import Workspace
from archwright.verifiers.catalogue import KINDS
from archwright.verifiers.catalogue import check as check_contract

DEFAULT_LIMIT = 6
"""Counterexamples tried per contract, unless more are asked for."""
_MOST = 5_000
"""Counterexamples looked at per contract: derivation ends, whatever the code is like."""
_UNREADABLE = b"\x00"


class UnknownContractError(LookupError):
    """An id that no contract has."""

    def __init__(self, name: str, known: Collection[str]) -> None:
        super().__init__(name)
        self.name = name
        self.known = sorted(known)


class Plan(msgspec.Struct, frozen=True):
    """What is tried with one contract."""

    contract: Contract
    derived: int
    chosen: tuple[Counterexample, ...]


def prove(
    project_dir: str | os.PathLike[str],
    *,
    contract_dir: str = DEFAULT_DIRECTORY,
    cache_dir: Path | None = None,
    jobs: int | None = None,
    only: Collection[str] | None = None,
    limit: int = DEFAULT_LIMIT,
    equivalents: bool = True,
    kinds: Kinds = KINDS,
    check: Check = check_contract,
    derivers: Mapping[type[Contract], catalogue.Derive] = catalogue.DERIVERS,
) -> ProveReport:
    """Proves the contracts called *only*, by default all, each with at most *limit* counterexamples.

    Raises ``ContractErrors`` like ``archwright.gate.run.run``, ``UnknownContractError`` for an id that is not there.
    """
    contracts = load_contracts(project_dir, contract_dir, kinds=kinds)
    chosen = _chosen(contracts, only)
    workspace = Workspace(project_dir, discover(project_dir, contracts.topologies))
    contents = {file.path: _read(workspace, file.path) for file in workspace.files}
    store = FactStore(cache_dir / "prove" if cache_dir is not None else None, jobs=jobs)
    named = ((file.path, file.module, file.is_package) for file in workspace.files)
    project = build_project(named, contents.__getitem__, contracts.topologies, store)
    analysis = Analysis(project)
    _check_contracts(contracts, analysis)
    bench = Bench(analysis, workspace)
    plans = [plan(contract, bench, limit, derivers) for contract in chosen]
    transformations = Transformations(bench, contracts.contracts)
    transformed = [(names, transformations.equivalent(names)) for names in TOGETHER] if equivalents else []
    changes = [c.changes for p in plans for c in p.chosen] + [e.changes for _, e in transformed]
    keys = {file.key: contents[file.path] for file in project.files}
    store.load({**keys, **loaded_texts(changes)})
    prover = Prover(workspace, project, store.in_memory(keys), chosen, check, transformations)
    outcomes, disturbances = _try_all(prover, plans, transformed, jobs)
    proofs = tuple(_proof(p, result) for p, result in zip(plans, outcomes, strict=True))
    return ProveReport(proofs, tuple(name for names, _ in transformed for name in names), disturbances)


def plan(
    contract: Contract,
    bench: Bench,
    limit: int,
    derivers: Mapping[type[Contract], catalogue.Derive] = catalogue.DERIVERS,
) -> Plan:
    """The counterexamples of *contract*: at most *limit*, of every operator some. None for a kind nothing is derived for."""
    derive = derivers.get(type(contract))
    if derive is None:
        return Plan(contract, 0, ())
    derived = list(islice(derive(contract, bench), _MOST))
    return Plan(contract, len(derived), tuple(spread_over(derived, limit, lambda c: c.operator)))


def _chosen(contracts: ContractSet, only: Collection[str] | None) -> tuple[Contract, ...]:
    if only is None:
        return contracts.contracts
    known = {contract.id for contract in contracts.contracts}
    for name in sorted(only):
        if name not in known:
            raise UnknownContractError(name, known)
    return tuple(contract for contract in contracts.contracts if contract.id in only)


def _read(workspace: Workspace, path: str) -> bytes:
    try:
        return workspace.read(path)
    except OSError:
        return _UNREADABLE  # `archwright check` says so; nothing is derived from it


def _check_contracts(contracts: ContractSet, analysis: Analysis) -> None:
    project = analysis.project
    unreadable = frozenset(m for m in project.modules if project.summary(m).error)
    files = CheckResult("parse", "topology", len(project.files), len(project.files) - len(unreadable))
    check_vacuity(CodeBase(contracts, analysis, files, unreadable))


# --- in parallel ------------------------------------------------------------------------------------------------

Task = tuple[int, int]
"""Position of a plan and of a counterexample in it; -1 and the position of an equivalent."""
Together = tuple[tuple[str, ...], Equivalent]
"""Names of transformations, and the code after all of them."""
Answer = Outcomes | list[Disturbance]


class _Trials(msgspec.Struct, frozen=True):
    prover: Prover
    plans: Sequence[Plan]
    transformed: Sequence[Together]

    def tasks(self) -> list[Task]:
        """All there is to try, what takes longest first."""
        counterexamples = [(i, j) for i, p in enumerate(self.plans) for j in range(len(p.chosen))]
        return [(-1, i) for i in range(len(self.transformed))] + counterexamples

    def run(self, task: Task) -> Answer:
        position, which = task
        if position < 0:
            names, equivalent = self.transformed[which]
            return self.prover.try_equivalents(names, equivalent, _is_concerned)
        plan = self.plans[position]
        return self.prover.try_counterexample(plan.contract, plan.chosen[which])


def _is_concerned(contract: Contract, name: str) -> bool:
    return name in catalogue.CONCERNED.get(type(contract), ())


def _try_all(
    prover: Prover, plans: Sequence[Plan], transformed: Sequence[Together], jobs: int | None
) -> tuple[list[list[Outcomes]], tuple[Disturbance, ...]]:
    trials = _Trials(prover, plans, transformed)
    tasks = trials.tasks()
    outcomes: list[list[Outcomes]] = [[Outcomes("survived")] * len(p.chosen) for p in plans]
    disturbances: list[Disturbance] = []
    for (position, which), answer in zip(tasks, _answers(trials, tasks, jobs or usable_cores()), strict=True):
        if isinstance(answer, list):
            disturbances += answer
        else:
            outcomes[position][which] = answer
    return outcomes, tuple(disturbances)


def _answers(trials: _Trials, tasks: Sequence[Task], jobs: int) -> list[Answer]:
    """What is known of the code as it stands is no garbage: looking through it for some would take longer than the trials,
    and make every page of it one that forked processes no longer share.
    """
    gc.collect()
    gc.freeze()
    try:
        if jobs == 1 or len(tasks) < 2 * jobs or "fork" not in multiprocessing.get_all_start_methods():
            return [trials.run(task) for task in tasks]
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(jobs, context, _start, (trials, sys.getrecursionlimit())) as pool:
            return list(pool.map(_run, tasks))
    finally:
        gc.unfreeze()


_work: list[_Trials] = []
"""What a forked process was given to work on; it serves one run."""


def _start(trials: _Trials, recursion_limit: int) -> None:
    sys.setrecursionlimit(recursion_limit)
    _work[:] = [trials]


def _run(task: Task) -> Answer:
    return _work[0].run(task)


def _proof(plan: Plan, outcomes: Sequence[Outcomes]) -> Proof:
    trials = tuple(Trial(c, o.result, o.evidence) for c, o in zip(plan.chosen, outcomes, strict=True))
    return Proof(plan.contract.id, plan.contract.kind, plan.derived, trials)
