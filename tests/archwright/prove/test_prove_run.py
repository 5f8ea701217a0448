"""A proof tells contracts that can fail from those that cannot, and never touches the files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from prove_samples import CONTRACTS, FILES, write_project

from archwright.cli.main import main
from archwright.contracts.language import Contract, ContractErrors
from archwright.model import CheckResult, Finding, Location, Outcome
from archwright.project.analysis import Analysis
from archwright.prove.bench import Bench, counterexample
from archwright.prove.counterexample import Counterexample
from archwright.prove.run import UnknownContractError, prove
from archwright.verifiers.catalogue import check
from archwright.verifiers.effects.effects import ForbidEffectsContract

Derive = Callable[[Any, Bench], Iterator[Counterexample]]
ENGINE = "src/shop/engines/shipping.py"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path)


def blind(contract: Contract, analysis: Analysis) -> CheckResult:
    """A verifier that finds everything in order."""
    return CheckResult(contract.id, contract.kind, 1, 1)


def crashing(contract: Contract, analysis: Analysis) -> CheckResult:
    if (
        analysis.project.has("shop.engines.shipping")
        and "zzz" in analysis.project.summary("shop.engines.shipping").identifiers
    ):
        raise RuntimeError("lost")
    return blind(contract, analysis)


def of(change: Callable[[Bench], dict[str, str | None]]) -> Derive:
    def derive(contract: Any, bench: Bench) -> Iterator[Counterexample]:
        yield counterexample(contract, "one", "something is changed", change(bench))

    return derive


def one(project: Path, **options: Any) -> str:
    """What becomes of the one counterexample of the contract on time."""
    report = prove(project, jobs=1, only={"engines-know-no-time"}, equivalents=False, **options)
    ((trial,),) = [proof.trials for proof in report.proofs]
    assert report.failed == (trial.result != "killed")
    return trial.result


def test_real_contracts_notice_every_counterexample_and_no_equivalent(project: Path) -> None:
    report = prove(project, jobs=1)
    assert {proof.contract for proof in report.proofs} == {
        "wiring",
        "pay-before-ship",
        "engines-know-no-time",
    }
    assert all(len(proof.trials) >= 3 for proof in report.proofs)
    assert [trial for proof in report.proofs for trial in proof.survivors] == []
    assert len(report.equivalents) == 12
    assert report.disturbances == ()
    assert not report.failed
    assert {path: (project / path).read_text() for path in FILES} == FILES


def test_processes_give_the_same_proof(project: Path) -> None:
    assert prove(project, jobs=2) == prove(project, jobs=1)


def test_a_verifier_that_sees_nothing_lets_everything_survive(project: Path) -> None:
    report = prove(project, jobs=1, check=blind, equivalents=False)
    assert report.failed
    assert {trial.result for proof in report.proofs for trial in proof.trials} == {"survived"}


def test_the_outcomes_of_a_trial(project: Path) -> None:
    def derivers(text: str | None) -> dict[type[Contract], Derive]:
        return {ForbidEffectsContract: of(lambda bench: {ENGINE: text})}

    clock = f"{FILES[ENGINE]}\n\ndef zzz():\n    import time\n    return time.time()\n"
    harmless = f"{FILES[ENGINE]}\n\ndef zzz():\n    return 1\n"
    unsure = f"{FILES[ENGINE]}\n\ndef zzz(database):\n    database.commit()\n"
    assert one(project, derivers=derivers(clock)) == "killed"
    assert one(project, derivers=derivers(harmless)) == "survived"
    assert one(project, derivers=derivers(FILES[ENGINE])) == "unchanged"
    assert one(project, derivers=derivers("def (")) == "unparsable"
    assert one(project, derivers=derivers(clock), check=crashing) == "crashed"
    assert one(project, derivers=derivers(None), check=check) == "killed", "nothing is left to look at"
    transactions = CONTRACTS.replace("forbid: clock", "forbid: db.transaction")
    (project / "contracts/rules.yaml").write_text(transactions)
    assert one(project, derivers=derivers(unsure)) == "undecided"


def test_what_was_wrong_before_kills_nothing(project: Path) -> None:
    late = FILES[ENGINE].replace("    label", "    import time\n    time.time()\n    label")
    (project / ENGINE).write_text(late)
    derivers = {ForbidEffectsContract: of(lambda bench: {ENGINE: f"{late}\nX = 1\n"})}
    assert one(project, derivers=derivers) == "survived"


def test_a_contract_without_counterexample_fails(project: Path) -> None:
    report = prove(project, jobs=1, derivers={}, equivalents=False)
    assert report.failed
    assert not any(proof.trials or proof.holds for proof in report.proofs)


def test_a_verdict_that_hangs_on_a_name_is_disturbed(project: Path) -> None:
    def superstitious(contract: Contract, analysis: Analysis) -> CheckResult:
        text = analysis.project.summary("shop.engines.shipping").identifiers
        if " label " in text:
            return blind(contract, analysis)
        at = Location(ENGINE, 1)
        finding = Finding(contract.id, "bad-luck", ("shop",), Outcome.FAIL, "there is no label", at)
        return CheckResult(contract.id, contract.kind, 1, 0, (finding,))

    report = prove(project, jobs=1, check=superstitious, only={"wiring"}, limit=1)
    ((found,),) = [report.disturbances]
    assert (found.contract, found.equivalent) == ("wiring", "locals renamed")
    assert found.appeared == ("fail|bad-luck|shop",)
    assert set(found.changes) == {ENGINE}
    assert report.failed


def test_the_limit_is_spread_over_the_ways_of_breaking(project: Path) -> None:
    every = prove(project, jobs=1, only={"wiring"}, equivalents=False, limit=1000).proofs[0]
    some = prove(project, jobs=1, only={"wiring"}, equivalents=False, limit=4).proofs[0]
    assert some.derived == every.derived == len(every.trials) > 4
    assert len({trial.counterexample.operator for trial in some.trials}) == len(some.trials) == 4


def test_modules_no_statement_can_name_are_imported_by_their_text(project: Path) -> None:
    """Migrations often begin with a number: ``import 132_ledger`` is no Python, ``import_module`` takes it."""
    engines = "shop.engines.**"
    (project / "contracts/rules.yaml").write_text(
        f"contracts:\n  - {{id: no-tables, kind: imports, rule: forbid, from: {{module: {engines!r}}}, "
        "to: [{module: shop.drivers.132_ledger}], why: w, fix: f}\n"
    )
    (project / "src/shop/drivers/132_ledger.py").write_text("TABLE = 'ledger'\n")
    report = prove(project, jobs=1, equivalents=False)
    (proof,) = report.proofs
    assert [(trial.result, trial.counterexample.operator) for trial in proof.trials] == [
        ("killed", "import_module")
    ]


def test_unknown_contracts_are_told(project: Path) -> None:
    with pytest.raises(UnknownContractError) as raised:
        prove(project, only={"wirin"})
    assert raised.value.known == ["engines-know-no-time", "pay-before-ship", "wiring"]
    (project / "contracts/rules.yaml").write_text(CONTRACTS.replace("layer: engines", "layer: motors"))
    with pytest.raises(ContractErrors):
        prove(project)


def test_the_command(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = ["--project", str(project), "--no-cache", "--jobs", "1"]
    assert main(["prove", *base]) == 0
    told = capsys.readouterr().out
    assert "pay-before-ship" in told
    assert told.splitlines()[-1].startswith("PASS · ")
    assert main(["prove", "wiring", "--format", "json", *base]) == 0
    document = json.loads(capsys.readouterr().out)
    (wiring,) = document["contracts"]
    assert wiring["killed"] == wiring["tried"] > 0
    assert not document["failed"]
    assert main(["prove", "wirin", *base]) == 2
    assert 'did you mean "wiring"' in capsys.readouterr().err


def test_survivors_are_shown_as_diffs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # It looks at calls in the API only, where none is.
    weak = CONTRACTS.replace(
        "kind: ordering", "kind: ordering\n    within: {module: shop.api.routes}\n    expect: any"
    )
    (project / "contracts/rules.yaml").write_text(weak)
    assert main(["prove", "pay-before-ship", "--project", str(project), "--no-cache", "--jobs", "1"]) == 1
    told = capsys.readouterr().out
    assert "FAIL pay-before-ship: what has to happen is gone, and the contract notices nothing" in told
    assert "= fix: the change below breaks what the contract says, where it does not look" in told
    assert f"--- a/{ENGINE}" in told
    assert "-    if not order.paid:" in told
