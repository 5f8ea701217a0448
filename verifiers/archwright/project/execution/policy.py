"""How code is followed: what is kept apart, what is entered, how far it goes, and who looks on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.execution.arguments import Arguments, Bound
from archwright.project.execution.frame import Frame
from archwright.project.execution.state import State
from archwright.project.execution.values import Alternative, Function, Made, Ref, Value

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine


class Hit(msgspec.Struct, frozen=True):
    """A call as it was reached."""

    call: ir.Call
    frame: Frame
    callee: Alternative
    names: frozenset[str]
    """The full names of what is called."""
    args: Arguments
    bound: Bound | None
    """How the arguments fit, where the callee is a function of the code base."""
    state: State
    alone: bool
    """Whether nothing else can be called there."""


class Observer:
    """Sees what happens while code is followed. This one does nothing; others say more."""

    def called(self, hit: Hit) -> Value | None:
        """A call; what it gives, where the observer knows better than the code; None to follow it."""
        return None

    def entered(self, frame: Frame, state: State) -> None:
        """A function of the code base begins, its parameters being the names of *state*."""

    def compared(self, op: str, left: Value, right: Value, frame: Frame, at: ir.Span) -> None:
        """A comparison whose outcome depends on what cannot be told."""

    def made(self, made: Made, frame: Frame, state: State) -> None:
        """Something of another package was called, where such things are kept as terms."""

    def constructed(self, ref: Ref, frame: Frame, at: ir.Span) -> None:
        """An instance of a class of the code base was made."""


class Watching(Observer):
    """Hands every call to a function."""

    def __init__(self, observe: Callable[[Hit], None]) -> None:
        self._observe = observe

    def called(self, hit: Hit) -> Value | None:
        """Hands it on."""
        self._observe(hit)
        return None


class Visit(msgspec.Struct, frozen=True):
    """A function that could be entered."""

    callee: Function
    scope: Scope
    args: Arguments
    state: State
    frame: Frame


class Policy(msgspec.Struct, frozen=True, eq=False):
    """What differs between those who have code followed."""

    enters: Callable[[Machine, Visit], bool]
    """Which functions of the code base are entered; of the others, only what they are declared to give is known."""
    paths: int = 16
    """How many paths are kept apart before they are joined; with 1, they are joined where they meet."""
    budget: int = 12_000
    """Statements a run may follow before it gives up."""
    guess_budget: int = 12_000
    """How many of them may be in calls that are only taken to be made, by something outside."""
    depth: int = 14
    """How many calls may be inside each other."""
    recursions: int = 1
    """How often a function may be inside itself."""
    terms: bool = False
    """Whether what other packages make is kept with what it was made of, and unseen instances are told apart."""
    asserts: bool = True
    """Whether assertions hold; under ``python -O`` they are compiled away."""
    guesses: bool = False
    """Whether every function handed to something unknown is taken to be called, not just lambdas and nested ones."""
