"""What all storage contracts have in common: which migrations, on which databases, and findings that say where they hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta

from archwright.contracts.language import Contract, Selector, Subject
from archwright.model import Location, Outcome, Step
from archwright.project.analysis import Analysis
from archwright.verifiers.tally import Tally

Dialect = Literal["postgresql", "sqlite"]
DIALECTS: tuple[Dialect, ...] = ("postgresql", "sqlite")


class StorageContract(Contract, frozen=True, kw_only=True):
    """Contracts about the schema that migrations leave behind."""

    rule: str
    migrations: Annotated[Selector, Meta(description="say which modules hold the migrations")]
    dialects: Annotated[tuple[Dialect, ...], Meta(description="The databases the migrations are for")] = (
        DIALECTS
    )


class Ledger:
    """Judgements per dialect, told once: what is the same on every dialect is one finding, and one site."""

    def __init__(self, contract: StorageContract) -> None:
        self._contract = contract
        self._passed: dict[object, None] = {}
        self._found: dict[
            tuple[str, tuple[str, ...], Location], tuple[Outcome, str, tuple[Step, ...], set[str]]
        ] = {}

    def passed(self, *site: object) -> None:
        """A site at which the contract holds on some dialect."""
        self._passed[site] = None

    def judge(
        self,
        outcome: Outcome,
        evidence: str,
        symbols: tuple[str, ...],
        message: str,
        at: Location,
        dialect: str | None = None,
        steps: tuple[Step, ...] = (),
    ) -> None:
        """A site at which it does not hold, or cannot be told."""
        key = (evidence, symbols, at)
        if key not in self._found:
            self._found[key] = (outcome, message, steps, set())
        self._found[key][3].update(self._contract.dialects if dialect is None else (dialect,))

    def failed(
        self, evidence: str, symbols: tuple[str, ...], message: str, at: Location, dialect: str | None = None
    ) -> None:
        """A site at which the contract does not hold."""
        self.judge(Outcome.FAIL, evidence, symbols, message, at, dialect)

    def undecided(
        self, evidence: str, symbols: tuple[str, ...], message: str, at: Location, dialect: str | None = None
    ) -> None:
        """A site at which it cannot be told."""
        self.judge(Outcome.UNDECIDED, evidence, symbols, message, at, dialect)

    def tell(self) -> Tally:
        """Everything judged, counted. A site that fails on one dialect has not passed."""
        tally = Tally(self._contract)
        broken = {symbols for _, symbols, _ in self._found}
        tally.passed(sum(site not in broken for site in self._passed))
        for (evidence, symbols, at), (outcome, message, steps, where) in self._found.items():
            if where != set(self._contract.dialects):
                message = f"on {', '.join(sorted(where))}, {message}"
            report = tally.failed if outcome is Outcome.FAIL else tally.undecided
            report(evidence, symbols, message, at, steps)
        return tally


def selected_modules(selector: Selector, analysis: Analysis) -> Iterator[str]:
    """The modules of the code base a selector means."""
    project = analysis.project
    for module in project.modules:
        if selector.matches(Subject(module=module, unit=project.unit(module))):
            yield module
