"""A call of something outside the code base, as models of it get to see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from archwright.facts import ir
from archwright.project.execution.arguments import Arguments
from archwright.project.execution.frame import Frame
from archwright.project.execution.heap import Object
from archwright.project.execution.items import Items, iterated
from archwright.project.execution.state import State
from archwright.project.execution.values import Made, Ref, Unknown, Value

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine


class Invocation(msgspec.Struct, frozen=True):
    """What is called, with what, where."""

    machine: Machine
    name: str
    args: Arguments
    expr: ir.Call
    state: State
    frame: Frame

    @property
    def last(self) -> str:
        """The last word of the name."""
        return self.name.rpartition(".")[2]

    def first(self) -> Value:
        """The first positional argument; empty when there is none."""
        return self.args.positional[0] if self.args.positional else ()

    def object(self, ref: Ref) -> Object:
        """The object behind a reference."""
        return self.machine.object(ref, self.state)

    def put(self, ref: Ref, made: Object) -> None:
        """Replaces an object."""
        self.state.heap[ref.loc] = made

    def new(self, made: Object) -> Value:
        """A new object."""
        return (self.machine.new(made, self.state),)

    def items(self, value: Value) -> Items:
        """What going through *value* gives."""
        return iterated(self.machine, value, self.state, self.frame)

    def call(self, function: Value, args: Arguments) -> Value:
        """What calling *function* gives."""
        from archwright.project.execution.calls import call_any

        return call_any(self.machine, function, args, self.expr, self.state, self.frame)

    def made(self, receiver: Value = (), kind: str = "", name: str = "") -> Value:
        """What is known of the result where nothing more is: a term, or its type."""
        name = name or self.name
        if not self.machine.policy.terms:
            return (Unknown("", "", kind or name),)
        term = Made(name, receiver, self.args, True, self.frame.function[0], self.expr.at)
        self.machine.observer.made(term, self.frame, self.state)
        return (term,)


Model = Callable[[Invocation], Value | None]
"""What a function gives; None where nothing more is known than of any other."""
MethodModel = Callable[[Invocation, Ref], Value]
"""A method of a container."""
