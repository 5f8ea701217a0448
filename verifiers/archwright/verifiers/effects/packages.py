"""What a contract says other packages do, and what is left: calls into packages that nobody has judged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from archwright.contracts.language import Contract, Problem, SymbolPattern
from archwright.model import Location, Step
from archwright.project.analysis import Analysis
from archwright.project.effects.catalogue import called_effect
from archwright.project.effects.effects import Key, Label, Witness
from archwright.project.effects.facts import Effect, EffectSite
from archwright.verifiers.bodies import qualified
from archwright.verifiers.tally import Tally

EffectName = Literal[
    "db",
    "db.read",
    "db.write",
    "db.flush",
    "db.lock",
    "db.transaction",
    "db.transaction.begin",
    "db.transaction.commit",
    "db.transaction.rollback",
    "db.transaction.savepoint",
    "clock",
    "random",
    "sleep",
    "network",
    "filesystem",
    "filesystem.read",
    "filesystem.write",
    "env",
    "process",
]
_NONE = "none"


class CatalogueEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What calls do that the catalogue does not know, or that are this code base's own."""

    effect: Annotated[
        Literal[EffectName, "none"], Meta(description='say which effect the call has, or "none"')
    ]
    call: Annotated[
        tuple[SymbolPattern, ...],
        Meta(description='name the call, e.g. "acme.Client.send", or a package, e.g. "acme.**"'),
    ]


class JudgingContract(Contract, frozen=True, kw_only=True):
    """An effect contract, with what it says of packages that the catalogue does not know."""

    rule: str
    catalogue: Annotated[
        tuple[CatalogueEntry, ...],
        Meta(
            description="Further calls and their effects, or none; the first entry that fits a call decides"
        ),
    ] = ()

    def problems(self) -> Iterator[Problem]:
        """Calls judged twice, and effects that are denied."""
        seen: dict[str, str] = {}
        for entry in self.catalogue:
            for pattern in entry.call:
                known = called_effect(pattern.text)
                if pattern.text in seen:
                    message = f'the call "{pattern}" has the effect "{seen[pattern.text]}" already'
                    yield Problem(pattern.origin, message, "keep one of the two entries")
                elif entry.effect == _NONE and known is not None:
                    message = (
                        f'"{pattern}" is known to have the effect "{known}"; an entry cannot take it away'
                    )
                    yield Problem(
                        pattern.origin, message, "leave it out, or except the code that may call it"
                    )
                seen.setdefault(pattern.text, entry.effect)

    def judged(self, name: str) -> str | None:
        """The effect the contract gives calls of *name*, ``none`` included; None when it says nothing of them."""
        for entry in self.catalogue:
            if any(pattern.match(name) is not None for pattern in entry.call):
                return str(entry.effect)
        return None

    def further(self, name: str) -> Effect | None:
        """The effect, besides those the catalogue knows, that calling *name* has."""
        effect = self.judged(name)
        return None if effect is None or effect == _NONE else Effect(effect)

    @property
    def adds_effects(self) -> bool:
        """Whether any call has an effect by this contract alone."""
        return any(entry.effect != _NONE for entry in self.catalogue)


class UnjudgedPackages:
    """Calls into packages about which neither the catalogue nor the contract says anything: one finding for each package."""

    def __init__(self, contract: JudgingContract) -> None:
        self._contract = contract
        self._calls: dict[str, int] = {}
        self._found: dict[str, list[tuple[Key, Witness]]] = {}

    def label(self, site: EffectSite) -> Iterator[Label]:
        """How a site counts that is a call into a package nobody judged. To be asked once for every site."""
        if site.package and self._contract.judged(site.what) is None:
            self._calls[site.package] = self._calls.get(site.package, 0) + 1
            yield Label(f"code of {site.package}", False)

    def add(self, root: Key, witness: Witness) -> None:
        """A way from *root* to a site that ``label`` has counted. A package is one site, however many functions come to it."""
        self._found.setdefault(witness.site.package, []).append((root, witness))

    def report(self, tally: Tally, analysis: Analysis) -> None:
        """Adds the findings: each where the package is called first."""
        for package, ways in sorted(self._found.items()):
            root, witness = min(ways, key=lambda way: (_place(way[1], analysis), len(way[1].edges), *way[0]))
            calls, functions = self._calls[package], len({root for root, _ in ways})
            remedy = "Read it, and say what it does"
            if package in analysis.project.names.roots:
                remedy = "That module is not among those read: have it read too, or say what it does"
            message = (
                f"`{qualified(witness.holder)}` uses `{witness.site.what}`, and nobody has judged what the package `{package}`"
                f" does: {_counted(calls, 'place')} in all, reached from {_counted(functions, 'function or module')}."
                f' {remedy} in `catalogue` of this contract, for instance `- {{effect: none, call: "{package}.**"}}`'
            )
            steps = tuple(chain(witness, root, analysis))
            tally.undecided("unjudged-package", (package,), message, _place(witness, analysis), steps)


def chain(witness: Witness, root: Key, analysis: Analysis) -> Iterator[Step]:
    """The way from *root* to a site, step by step."""
    current = root
    for edge in witness.edges:
        text = f"`{qualified(current)}` {edge.how} `{qualified(edge.target)}`"
        yield Step(text, analysis.project.at(current[0], edge.at))
        current = edge.target
    what = witness.label.name
    text = f"`{qualified(current)}` uses `{witness.site.what}`: {what}"
    yield Step(text, analysis.project.at(current[0], witness.site.at))


def _place(witness: Witness, analysis: Analysis) -> Location:
    return analysis.project.at(witness.holder[0], witness.site.at)


def _counted(number: int, what: str) -> str:
    first, _, second = what.partition(" or ")
    plural = f"{first}s or {second}s" if second else f"{first}s"
    return f"{number} {what if number == 1 else plural}"
