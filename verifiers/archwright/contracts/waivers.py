"""Waivers: findings that somebody answers for until a day, written beside the contracts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Self

import msgspec
from msgspec import Meta

from archwright.contracts.convert import Problem
from archwright.contracts.places import NOWHERE, Located
from archwright.model import Location

if TYPE_CHECKING:
    from archwright.contracts.convert import Reader
    from archwright.contracts.nodes import Node

ARROW = " -> "
"""Between the symbols of a finding, as in its identity."""


class Day(msgspec.Struct, frozen=True):
    """A calendar day, written like 2026-12-31."""

    date: date

    @classmethod
    def from_node(cls, node: Node, reader: Reader, what: str) -> Self:
        """The day *node* names; raises what the reader makes of anything else."""
        text = getattr(node, "text", "")
        try:
            if not _DAY.fullmatch(text):
                raise ValueError
            return cls(date.fromisoformat(text))
        except ValueError:
            raise reader.rejected(
                node.location, f'"{what}" must be a day of the calendar', "write it like 2026-12-31"
            ) from None

    @classmethod
    def json_schema(cls, refer: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        """A string in ISO form."""
        return {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}

    def __str__(self) -> str:
        return self.date.isoformat()


class Waiver(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Findings of one contract that do not fail the run until a day."""

    contract: Annotated[Located, Meta(description="name the contract whose finding is waived")]
    symbol: Annotated[
        Located,
        Meta(
            description="name the symbol of the finding, or all of them as in its identity: "
            '"a.b -> c.d"; * stands for any characters'
        ),
    ]
    owner: Annotated[str | None, Meta(description="Who answers for it")] = None
    reason: Annotated[str | None, Meta(description="Why it cannot be put right now")] = None
    until: Annotated[Day | None, Meta(description="The last day it holds, like 2026-12-31")] = None
    findings: Annotated[int, Meta(description="How many findings it covers, exactly")] = 1
    origin: Location = NOWHERE

    def problems(self) -> list[Problem]:
        """A waiver covers something."""
        if self.findings >= 1:
            return []
        return [Problem(self.origin, '"findings" must be 1 or more', "say how many findings it covers")]

    def covers(self, contract: str, symbols: tuple[str, ...]) -> bool:
        """Whether a finding of *contract* about *symbols* is meant.

        A symbol without an arrow is compared with each of the finding's, one with arrows with all of them.
        """
        if contract != self.contract:
            return False
        if ARROW in self.symbol:
            return self._pattern.fullmatch(ARROW.join(symbols)) is not None
        return any(self._pattern.fullmatch(symbol) for symbol in symbols)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(".*".join(map(re.escape, re.split(r"\*+", self.symbol))), re.DOTALL)


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
