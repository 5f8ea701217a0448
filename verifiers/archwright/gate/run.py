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
from archwright.gate.results import CRASHED, VACUOUS, FileCounts, Report, build_report
from archwright.gate.vacuity import check_vacuity
from archwright.model import CheckResult, Finding, Outcome
from archwright.project.analysis import Analysis
from archwright.verifiers import catalogue

Check = Callable[[Contract, Analysis], CheckResult]
"""Decides one contract."""

OnCrash = Callable[[Contract, Exception], None]
"""Told about a verifier that raised."""


def run(
    project_dir: str | os.PathLike[str],
    *,
    contract_dir: str = DEFAULT_DIRECTORY,
    cache_dir: Path | None = None,
    strict: bool = False,
    jobs: int | None = None,
    only: Collection[str] | None = None,
    kinds: Kinds = catalogue.KINDS,
    check: Check = catalogue.check,
    on_crash: OnCrash | None = None,
) -> Report:
    """Opens the project and judges it. *only*: the ids of the contracts to decide; default: all.

    Raises ``ContractErrors`` when the contracts cannot be used, among that when they mention what does not exist.
    """
    code_base = open_code_base(
        project_dir, kinds=kinds, contract_dir=contract_dir, cache_dir=cache_dir, jobs=jobs
    )
    check_vacuity(code_base)
    return judge(code_base, strict=strict, only=only, check=check, on_crash=on_crash)


def judge(
    code_base: CodeBase,
    *,
    strict: bool = False,
    only: Collection[str] | None = None,
    check: Check = catalogue.check,
    on_crash: OnCrash | None = None,
) -> Report:
    """Decides the contracts of an opened project. A verifier that raises is a finding, not the end."""
    decided: list[tuple[Contract, CheckResult]] = []
    if only is None or PARSE.id in only:
        decided.append((PARSE, code_base.files))
    for contract in code_base.contracts.contracts:
        if only is None or contract.id in only:
            decided.append((contract, _decide(contract, code_base.analysis, check, on_crash)))
    return build_report(
        decided,
        tool_version=tool_version(),
        contract_digest=_digest(code_base.contracts.sources),
        strict=strict,
        files=FileCounts(code_base.files.sites, len(code_base.unreadable)),
    )


def tool_version() -> str:
    """The version of the installed suite."""
    try:
        return version("archwright")
    except PackageNotFoundError:
        return "unknown"


def _decide(contract: Contract, analysis: Analysis, check: Check, on_crash: OnCrash | None) -> CheckResult:
    try:
        result = check(contract, analysis)
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
