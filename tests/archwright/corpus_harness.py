"""The corpus: small trees of code that contracts must pass or fail, with what is expected written into the code.

A case is ``tests/corpus/<FAMILY>/<name>/src/...``, its name ``valid-…`` or ``invalid-…``. Contracts stand in the family's
``contracts/`` or in the case's own. An end-of-line comment ``#! contract-id`` expects a failure of that contract at that line,
``#? contract-id`` says that the contract cannot be decided there. Where a comment would change what is tested, ``expected.txt``
in the case has lines ``path:line contract-id fail|undecided``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from archwright.contracts.language import Contract
from archwright.contracts.loader import load_contracts
from archwright.gate.codebase import open_code_base
from archwright.gate.files import PARSE
from archwright.model import CheckResult, Outcome
from archwright.verifiers.catalogue import KINDS, check

CORPUS = Path(__file__).parent.parent / "corpus"
_MARK = re.compile(r"#([!?]) (?P<ids>[a-z0-9-]+(?:, [a-z0-9-]+)*)\s*$")
_EXPECTED = re.compile(r"(?P<path>\S+):(?P<line>\d+) (?P<id>\S+) (?P<outcome>fail|undecided)")
_OUTCOMES = {"!": "fail", "?": "undecided"}

Place = tuple[str, int, str, str]
"""Path, line, contract id, ``fail`` or ``undecided``."""


@dataclass(frozen=True)
class Case:
    """One tree."""

    family: str
    name: str

    @property
    def directory(self) -> Path:
        """Where it is."""
        return CORPUS / self.family / self.name

    @property
    def contracts(self) -> Path:
        """The directory with the contracts it is judged by."""
        return (self.directory if self.has_own_contracts else CORPUS / self.family) / "contracts"

    @property
    def has_own_contracts(self) -> bool:
        """Whether it is judged by contracts of its own."""
        return (self.directory / "contracts").is_dir()

    @property
    def valid(self) -> bool:
        """Whether nothing is to be found."""
        return self.name.startswith("valid-")

    def __str__(self) -> str:
        return f"{self.family}/{self.name}"


def cases() -> list[Case]:
    """All trees of the corpus, sorted."""
    return [
        Case(family.name, directory.name)
        for family in sorted(CORPUS.iterdir())
        if family.is_dir()
        for directory in sorted(family.iterdir())
        if directory.is_dir() and directory.name != "contracts"
    ]


def expected(case: Case) -> Counter[Place]:
    """What the case's marks and its ``expected.txt`` say."""
    found = Counter(_marks(case))
    listed = case.directory / "expected.txt"
    if listed.exists():
        for line in listed.read_text(encoding="utf-8").splitlines():
            match = _EXPECTED.fullmatch(line.strip())
            if match is None:
                raise ValueError(
                    f"{listed}: cannot read {line!r}; write path:line contract-id fail|undecided"
                )
            found[(match["path"], int(match["line"]), match["id"], match["outcome"])] += 1
    return found


def contract_ids(case: Case) -> frozenset[str]:
    """The contracts the case is judged by."""
    return _ids(case.contracts)


@cache
def _ids(directory: Path) -> frozenset[str]:
    loaded = load_contracts(directory.parent, directory.name, kinds=KINDS)
    return frozenset(contract.id for contract in loaded.contracts)


@dataclass(frozen=True)
class Decision:
    """What the suite says about a case."""

    contracts: tuple[Contract, ...]
    results: tuple[CheckResult, ...]
    """The built-in contract on unreadable files first."""

    @property
    def places(self) -> Counter[Place]:
        """Every finding, reduced to what a mark can say."""
        return Counter(
            (f.location.path, f.location.line, f.contract, _word(f.outcome))
            for result in self.results
            for f in result.findings
        )

    @property
    def messages(self) -> str:
        """Every finding in words, for a failing test."""
        return "\n".join(
            f"{f.location.path}:{f.location.line} {f.contract} {_word(f.outcome)}: {f.message}"
            for result in self.results
            for f in result.findings
        )


def decide(case: Case) -> Decision:
    """Judges the case the way the gate does, finding by finding."""
    directory = case.contracts.name if case.has_own_contracts else str(case.contracts)
    code_base = open_code_base(case.directory, kinds=KINDS, contract_dir=directory, jobs=1)
    contracts = code_base.contracts.contracts
    results = (code_base.files, *(check(contract, code_base.analysis) for contract in contracts))
    return Decision((PARSE, *contracts), results)


def _marks(case: Case) -> Iterator[Place]:
    for path in sorted((case.directory / "src").rglob("*.py")):
        shown = path.relative_to(case.directory).as_posix()
        for number, line in enumerate(path.read_bytes().decode("latin-1").split("\n"), start=1):
            match = _MARK.search(line.rstrip("\r"))
            if match is not None:
                for contract in match["ids"].split(", "):
                    yield shown, number, contract, _OUTCOMES[match[1]]


def _word(outcome: Outcome) -> str:
    return "fail" if outcome is Outcome.FAIL else "undecided"
