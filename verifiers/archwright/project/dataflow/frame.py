"""One function while it is being followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.dataflow.state import State
from archwright.project.dataflow.trace import Chain
from archwright.project.dataflow.values import Cell, Values


@dataclass(slots=True)
class Frame:
    """A function that is being followed."""

    scope: Scope
    state: State
    chain: Chain
    outer: Mapping[str, Values] = field(default_factory=dict)
    """Names of the functions around it."""
    at: ir.Span = (1, 1, 1, 1)
    """The statement that is being followed."""
    guessing: bool = False
    """What is called from here may be called, by something outside the code base."""
    returns: list[tuple[Values, State]] = field(default_factory=list)
    yields: list[Values] = field(default_factory=list)
    loops: list[Values] = field(default_factory=list)
    """What the loops around the statement go through, as far as it has an order of its own."""
    yield_order: Values = ()
    """What the values yielded are in the order of."""
    breaks: list[State] = field(default_factory=list)
    continues: list[State] = field(default_factory=list)

    @property
    def store(self) -> dict[int, Cell]:
        """The cells as they are now."""
        return self.state.store
