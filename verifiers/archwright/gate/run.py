"""Decides every contract of a project."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from archwright.contracts.contract import Contract
from archwright.contracts.files import DEFAULT_DIRECTORY, read_files
from archwright.contracts.waivers import Waiver
from archwright.gate.deadline import DeadlineError, within
from archwright.gate.files import PARSE
from archwright.gate.memory import Memory, digest
from archwright.gate.policy import Policy, settle
from archwright.gate.results import CRASHED, TIMED_OUT, VACUOUS, Decided, FileCounts, Report, build_report
from archwright.model import CheckResult, Finding, Outcome

if TYPE_CHECKING:
    from archwright.contracts.loader import Kinds
    from archwright.gate.codebase import CodeBase
    from archwright.project.analysis import Analysis

Check = Callable[[Contract, "Analysis"], CheckResult]
"""Decides one contract."""

OnCrash = Callable[[Contract, Exception], None]
"""Told about a verifier that raised."""

_RECURSION_LIMIT = 10_000
SECONDS_PER_CONTRACT = 300.0
"""How long a verifier may take for one contract, unless something else is asked for."""


def run(
    project_dir: str | os.PathLike[str],
    *,
    contract_dir: str = DEFAULT_DIRECTORY,
    cache_dir: Path | None = None,
    strict: bool = False,
    jobs: int | None = None,
    only: Collection[str] | None = None,
    policy: Policy | None = None,
    seconds: float = SECONDS_PER_CONTRACT,
    kinds: Kinds | None = None,
    check: Check | None = None,
    on_crash: OnCrash | None = None,
) -> Report:
    """Opens the project and judges it. *only*: the ids of the contracts to decide; default: all. *policy*: what does
    not count; default: everything does. *seconds*: how long each contract may take. *kinds* and *check*: the kinds of
    contract and who decides them; default: the built-in ones.

    Where nothing has changed since a run with the same *cache_dir*, its verdicts are taken over and no code is read.
    Raises ``ContractErrors`` when the contracts cannot be used, among that when they mention what does not exist.
    """
    sources, errors = read_files(project_dir, contract_dir)
    memory = None
    if cache_dir is not None and only is None and kinds is None and check is None and not errors:
        memory = Memory(cache_dir, project_dir, sources)
        known = memory.recall()
        if known is not None:
            return _report(known.decided, known.waivers, known.files, digest(sources), strict, policy)
    from archwright.gate.codebase import open_code_base
    from archwright.gate.vacuity import check_vacuity
    from archwright.verifiers import catalogue

    code_base = open_code_base(
        project_dir, kinds=kinds or catalogue.KINDS, contract_dir=contract_dir, cache_dir=cache_dir, jobs=jobs
    )
    check_vacuity(code_base)
    decided = decide(code_base, only=only, seconds=seconds, check=check, on_crash=on_crash)
    if memory is not None:
        memory.remember(code_base, decided)
    return _report(
        decided,
        code_base.contracts.waivers,
        _counts(code_base),
        digest(code_base.contracts.sources),
        strict,
        policy,
        complete=only is None,
    )


def judge(
    code_base: CodeBase,
    *,
    strict: bool = False,
    only: Collection[str] | None = None,
    policy: Policy | None = None,
    seconds: float = SECONDS_PER_CONTRACT,
    check: Check | None = None,
    on_crash: OnCrash | None = None,
) -> Report:
    """Decides the contracts of an opened project; see ``run``."""
    return _report(
        decide(code_base, only=only, seconds=seconds, check=check, on_crash=on_crash),
        code_base.contracts.waivers,
        _counts(code_base),
        digest(code_base.contracts.sources),
        strict,
        policy,
        complete=only is None,
    )


def decide(
    code_base: CodeBase,
    *,
    only: Collection[str] | None = None,
    seconds: float = SECONDS_PER_CONTRACT,
    check: Check | None = None,
    on_crash: OnCrash | None = None,
) -> list[Decided]:
    """What the verifiers say. One that raises, or that does not come to an end, is a finding, not the end."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _RECURSION_LIMIT))  # code may be nested as deeply as it can be read
    try:
        return _decided(code_base, only, seconds, check, on_crash)
    finally:
        sys.setrecursionlimit(limit)


def _decided(
    code_base: CodeBase,
    only: Collection[str] | None,
    seconds: float,
    check: Check | None,
    on_crash: OnCrash | None,
) -> list[Decided]:
    from archwright.project.analysis import Analysis
    from archwright.verifiers import catalogue

    decided: list[Decided] = []
    if only is None or PARSE.id in only:
        decided.append((PARSE, code_base.files))
    analysis = code_base.analysis
    for contract in code_base.contracts.contracts:
        if only is not None and contract.id not in only:
            continue
        result = _decide(contract, analysis, check or catalogue.check, seconds, on_crash)
        if any(finding.evidence == TIMED_OUT for finding in result.findings):
            analysis = Analysis(analysis.project)  # what was interrupted may be half made
        decided.append((contract, result))
    return decided


def _report(
    decided: Iterable[Decided],
    waivers: Iterable[Waiver],
    files: FileCounts,
    contract_digest: str,
    strict: bool,
    policy: Policy | None,
    *,
    complete: bool = True,
) -> Report:
    decided = tuple(decided)
    settled = settle(decided, waivers, policy, complete=complete)
    return build_report(
        (*decided, *settled.decided),
        tool_version=tool_version(),
        contract_digest=contract_digest,
        strict=strict,
        files=files,
        suppressed=settled.suppressed,
        limit=settled.limit,
    )


def _counts(code_base: CodeBase) -> FileCounts:
    return FileCounts(code_base.files.sites, len(code_base.unreadable))


def tool_version() -> str:
    """The version of the installed suite."""
    try:
        return version("archwright")
    except PackageNotFoundError:
        return "unknown"


def _decide(
    contract: Contract, analysis: Analysis, check: Check, seconds: float, on_crash: OnCrash | None
) -> CheckResult:
    try:
        result = within(seconds, lambda: check(contract, analysis))
    except DeadlineError:
        message = f"the verifier did not finish within {seconds:g} s, so `{contract.id}` is not decided"
        late = Finding(contract.id, TIMED_OUT, (), Outcome.FAIL, message, contract.origin)
        return CheckResult(contract.id, contract.kind, 0, 0, (late,))
    except Exception as error:  # one defect must not hide what the other contracts find
        if on_crash is not None:
            on_crash(contract, error)
        name = type(error).__name__
        message = f"the verifier crashed ({name}), so `{contract.id}` is not decided"
        crash = Finding(contract.id, CRASHED, (name,), Outcome.FAIL, message, contract.origin)
        return CheckResult(contract.id, contract.kind, 0, 0, (crash,))
    if contract.expect == "some" and not result.sites:
        problem = f"decides nothing: no place in the code is under it{_in_several_layers(analysis)}"
        return _vacuous(contract, result, problem)
    if contract.expect == "none" and result.sites:
        there = "is 1 place" if result.sites == 1 else f"are {result.sites} places"
        return _vacuous(contract, result, f"expects no place in the code to be under it, and there {there}")
    return result


def _in_several_layers(analysis: Analysis) -> str:
    """Why a layer may have less in it than its patterns say; empty when it has not."""
    topologies = analysis.project.topologies
    claimed = {m: units for m in analysis.project.modules if len(units := topologies.classify(m)) > 1}
    if not claimed:
        return ""
    module, units = next(iter(claimed.items()))
    layers = " and ".join(sorted({unit.layer for unit in units}))
    others = "" if len(claimed) == 1 else f", like {len(claimed) - 1} more"
    return f"; `{module}` is in {layers}{others}, and what is in several layers counts for none"


def _vacuous(contract: Contract, result: CheckResult, problem: str) -> CheckResult:
    message = f"`{contract.id}` {problem}"
    finding = Finding(contract.id, VACUOUS, (), Outcome.FAIL, message, contract.origin)
    return CheckResult(result.contract, result.kind, result.sites, result.passed, (*result.findings, finding))
