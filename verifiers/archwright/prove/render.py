"""A proof as text and as JSON: contract × killed/total, and everything that is wrong as a unified diff."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

import msgspec

from archwright.model import Verdict
from archwright.prove.counterexample import Changes
from archwright.prove.trial import Disturbance, Proof, ProveReport, Trial
from archwright.report.style import Style
from archwright.report.text import counted

SCHEMA_VERSION = 1
_MEANING = {
    "survived": "the contract notices nothing",
    "undecided": "the contract only cannot tell",
    "unparsable": "the counterexample is no Python",
    "unchanged": "the counterexample changes nothing",
    "crashed": "the verifier crashed",
}


_DEFECT = "this is a defect of archwright, not of the contract: report it with the change below"
_REMEDY = {
    "survived": "the change below breaks what the contract says, where it does not look: widen the selectors that choose its"
    " places, or narrow the exception that lets it pass; if the code may be so, say it with an exception that names the place",
    "undecided": "name in the contract what the changed code calls, not a wrapper around it, so that it can be told",
    "unparsable": _DEFECT,
    "unchanged": _DEFECT,
    "crashed": _DEFECT,
}
"""What to do about a counterexample that is not killed."""


def render_text(report: ProveReport, originals: Changes, style: Style) -> str:
    """The whole report. *originals*: the text, as it stands, of the files that survivors change."""
    blocks = ["\n".join(_matrix(report, style))]
    for proof in report.proofs:
        if not proof.trials:
            head = f"{style.verdict(Verdict.FAIL)} {style.bold(proof.contract)}: no counterexample could be derived for it"
            blocks.append(
                f"{head}\n   = fix: there is nothing in the code to break it with. `archwright explain {proof.contract}` shows"
                " what it decides here: let its selectors mean code that exists, or drop it"
            )
        blocks += ["\n".join(_survivor(proof, trial, originals, style)) for trial in proof.survivors]
    blocks += ["\n".join(_disturbance(d, style)) for d in report.disturbances]
    blocks.append(_summary(report, style))
    return "\n\n".join(blocks) + "\n"


def render_json(report: ProveReport, originals: Changes) -> str:
    """The whole report; the same bytes for the same code and contracts."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "failed": report.failed,
        "contracts": [
            {
                "id": proof.contract,
                "kind": proof.kind,
                "holds": proof.holds,
                "derived": proof.derived,
                "tried": len(proof.trials),
                "killed": proof.killed,
                "trials": [_trial(trial, originals) for trial in proof.trials],
            }
            for proof in report.proofs
        ],
        "equivalents": [
            {
                "name": name,
                "disturbs": [
                    {
                        "contract": d.contract,
                        "appeared": d.appeared,
                        "vanished": d.vanished,
                        "diff": "\n".join(_diff(d.changes, d.originals)),
                    }
                    for d in report.disturbances
                    if d.equivalent == name
                ],
            }
            for name in report.equivalents
        ],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _matrix(report: ProveReport, style: Style) -> Iterator[str]:
    width = max((len(proof.contract) for proof in report.proofs), default=0)
    yield style.dim(f"{'':{width}}   killed / tried   left out")
    for proof in report.proofs:
        cell = f"{proof.killed:>6} / {len(proof.trials):<5}"
        if not proof.holds:
            cell = style.verdict(Verdict.FAIL, cell)
        yield f"{proof.contract:{width}}   {cell}   {proof.derived - len(proof.trials) or '':>8}".rstrip()


def _survivor(proof: Proof, trial: Trial, originals: Changes, style: Style) -> Iterator[str]:
    broken = trial.counterexample
    yield f"{style.verdict(Verdict.FAIL)} {style.bold(proof.contract)}: {broken.description}, and {_MEANING[trial.result]}"
    if trial.evidence:
        yield f"   = {', '.join(trial.evidence)}"
    yield f"   = fix: {_REMEDY[trial.result]}"
    yield from _diff(broken.changes, originals)


def _disturbance(found: Disturbance, style: Style) -> Iterator[str]:
    yield (
        f"{style.verdict(Verdict.FAIL)} {style.bold(found.contract)}: code that means the same is judged differently"
        f" ({found.equivalent})"
    )
    for sign, identities in (("+", found.appeared), ("-", found.vanished)):
        yield from (f"   {sign} {identity}" for identity in identities[:5])
        if len(identities) > 5:
            yield f"   {sign} {counted(len(identities) - 5, 'more finding')}"
    yield from _diff(found.changes, found.originals)


def _summary(report: ProveReport, style: Style) -> str:
    tried = sum(len(proof.trials) for proof in report.proofs)
    killed = sum(proof.killed for proof in report.proofs)
    parts = [
        style.verdict(Verdict.FAIL if report.failed else Verdict.PASS),
        f"{killed} of {counted(tried, 'counterexample')} killed",
        f"{sum(proof.holds for proof in report.proofs)} of {counted(len(report.proofs), 'contract')} proved",
    ]
    if report.equivalents:
        disturbed = counted(len(report.disturbances), "verdict")
        parts.append(f"{disturbed} changed by {counted(len(report.equivalents), 'equivalent')}")
    return f" {style.dot} ".join(parts)


def _trial(trial: Trial, originals: Changes) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "operator": trial.counterexample.operator,
        "description": trial.counterexample.description,
        "result": trial.result,
        "evidence": trial.evidence,
    }
    if trial.result != "killed":
        shown["diff"] = "\n".join(_diff(trial.counterexample.changes, originals))
    return shown


def _diff(changes: Changes, originals: Changes) -> Iterator[str]:
    for path in sorted(changes):
        before, after = originals.get(path), changes[path]
        yield from difflib.unified_diff(
            (before or "").splitlines(),
            (after or "").splitlines(),
            "/dev/null" if before is None else f"a/{path}",
            "/dev/null" if after is None else f"b/{path}",
            lineterm="",
        )
