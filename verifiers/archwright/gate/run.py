"""Decides every contract of a project."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from archwright.contracts.language import Contract
from archwright.contracts.loader import DEFAULT_DIRECTORY, Kinds
from archwright.gate.codebase import PARSE, CodeBase, open_code_base
from archwright.gate.deadline import DeadlineError, within
from archwright.gate.policy import Policy, settle
from archwright.gate.results import CRASHED, TIMED_OUT, VACUOUS, Decided, FileCounts, Report, build_report
from archwright.gate.vacuity import check_vacuity
from archwright.model import CheckResult, Finding, Outcome
from archwright.project.analysis import Analysis
from archwright.verifiers import catalogue

Check = Callable[[Contract, Analysis], CheckResult]
"""Decides one contract."""

OnCrash = Callable[[Contract, Exception], None]
"""Told about a verifier that raised."""

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
    kinds: Kinds = catalogue.KINDS,
    check: Check = catalogue.check,
    on_crash: OnCrash | None = None,
) -> Report:
    """Opens the project and judges it. *only*: the ids of the contracts to decide; default: all. *policy*: what does
    not count; default: everything does. *seconds*: how long each contract may take.

    Raises ``ContractErrors`` when the contracts cannot be used, among that when they mention what does not exist.
    """
    code_base = open_code_base(
        project_dir, kinds=kinds, contract_dir=contract_dir, cache_dir=cache_dir, jobs=jobs
    )
    check_vacuity(code_base)
    return judge(
        code_base, strict=strict, only=only, policy=policy, seconds=seconds, check=check, on_crash=on_crash
    )


def judge(
    code_base: CodeBase,
    *,
    strict: bool = False,
    only: Collection[str] | None = None,
    policy: Policy | None = None,
    seconds: float = SECONDS_PER_CONTRACT,
    check: Check = catalogue.check,
    on_crash: OnCrash | None = None,
) -> Report:
    """Decides the contracts of an opened project; see ``run``. A verifier that raises, or that does not come to an
    end, is a finding, not the end.
    """
    decided: list[Decided] = []
    if only is None or PARSE.id in only:
        decided.append((PARSE, code_base.files))
    analysis = code_base.analysis
    for contract in code_base.contracts.contracts:
        if only is not None and contract.id not in only:
            continue
        result = _decide(contract, analysis, check, seconds, on_crash)
        if any(finding.evidence == TIMED_OUT for finding in result.findings):
            analysis = Analysis(analysis.project)  # what was interrupted may be half made
        decided.append((contract, result))
    settled = settle(decided, code_base.contracts, policy, complete=only is None)
    return build_report(
        (*decided, *settled.decided),
        tool_version=tool_version(),
        contract_digest=_digest(code_base.contracts.sources),
        strict=strict,
        files=FileCounts(code_base.files.sites, len(code_base.unreadable)),
        suppressed=settled.suppressed,
        limit=settled.limit,
    )


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
        return _vacuous(contract, result, "decides nothing: no place in the code is under it")
    if contract.expect == "none" and result.sites:
        there = "is 1 place" if result.sites == 1 else f"are {result.sites} places"
        return _vacuous(contract, result, f"expects no place in the code to be under it, and there {there}")
    return result


def _vacuous(contract: Contract, result: CheckResult, problem: str) -> CheckResult:
    message = f"`{contract.id}` {problem}"
    finding = Finding(contract.id, VACUOUS, (), Outcome.FAIL, message, contract.origin)
    return CheckResult(result.contract, result.kind, result.sites, result.passed, (*result.findings, finding))


def _digest(sources: Mapping[str, bytes]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for path, data in sorted(sources.items()):
        digest.update(b"%d:%b%d:%b" % (len(path.encode()), path.encode(), len(data), data))
    return digest.hexdigest()
