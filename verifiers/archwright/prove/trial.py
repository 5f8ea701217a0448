"""What became of a change: one trial each, and per contract a proof."""

from __future__ import annotations

from typing import Literal

import msgspec

from archwright.prove.counterexample import Changes, Counterexample

Result = Literal["killed", "survived", "undecided", "unparsable", "unchanged", "crashed"]
"""*killed*: there is a FAIL that was not there before. *undecided*: only a WARN is new. *unparsable* and *unchanged*: the change
is no Python, or changes nothing; *crashed*: the verifier raised. Everything but *killed* is a defect."""


class Trial(msgspec.Struct, frozen=True):
    """One counterexample with what the contract made of it."""

    counterexample: Counterexample
    result: Result
    evidence: tuple[str, ...] = ()
    """Kinds of evidence of the new findings; the error for a crash."""


class Proof(msgspec.Struct, frozen=True):
    """One contract with its trials."""

    contract: str
    kind: str
    derived: int
    """Counterexamples there are; those beyond the limit were left out."""
    trials: tuple[Trial, ...]

    @property
    def killed(self) -> int:
        """Trials the contract noticed."""
        return sum(trial.result == "killed" for trial in self.trials)

    @property
    def survivors(self) -> tuple[Trial, ...]:
        """Trials it did not, for whatever reason."""
        return tuple(trial for trial in self.trials if trial.result != "killed")

    @property
    def holds(self) -> bool:
        """Whether the contract has shown that it can fail."""
        return bool(self.trials) and not self.survivors


class Disturbance(msgspec.Struct, frozen=True):
    """A contract whose verdict changed although the code means the same."""

    equivalent: str
    contract: str
    appeared: tuple[str, ...]
    """Identities of findings, with their outcome, that only the changed code has …"""
    vanished: tuple[str, ...]
    """… and that it no longer has."""
    changes: Changes
    """The files it takes, as few as could be found."""
    originals: Changes
    """The same files without the transformation, written the same way."""


class ProveReport(msgspec.Struct, frozen=True):
    """Everything one run of ``archwright prove`` came to."""

    proofs: tuple[Proof, ...]
    equivalents: tuple[str, ...]
    """Names of the equivalents that were tried."""
    disturbances: tuple[Disturbance, ...]

    @property
    def failed(self) -> bool:
        """Whether some contract has not shown that it can fail, or fails for nothing."""
        return bool(self.disturbances) or not all(proof.holds for proof in self.proofs)
