"""What inference says, in the terms of following code."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from archwright.project.execution.heap import Object
from archwright.project.execution.values import (
    NOT_TOLD,
    Alternative,
    Class,
    External,
    Function,
    Module,
    Typed,
    Unknown,
    Value,
)
from archwright.project.types.values import (
    ClassValue,
    ExternalInstance,
    ExternalValue,
    FunctionValue,
    InstanceValue,
    ModuleValue,
    Values,
)

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine


class Inferred:
    """Turns what inference says into values."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.singletons: dict[str, Value] = {}
        """Classes of which there is one object, wherever it is injected."""
        self.sent_field: Callable[[str, str], Value] = _nothing
        """What a field of something a client sends is, by its class and name; empty for nothing in particular."""

    def values(
        self, values: Values, heap: dict[int, Object] | None, otherwise: Unknown | None = None
    ) -> Value:
        """*values* as alternatives; *otherwise* is what cannot be told.

        With a *heap*, and where unseen instances are told apart, each is an object nobody has looked into.
        """
        found: list[Alternative] = []
        for value in sorted(values, key=repr) if len(values) > 1 else values:
            if isinstance(value, FunctionValue):
                owner = value.qualname.rpartition(".")[0]
                receiver = Typed(value.module, owner) if value.bound and owner else None
                found.append(Function(value.module, value.qualname, receiver, 0, value.receiver))
            elif isinstance(value, ClassValue):
                found.append(Class(value.module, value.qualname))
            elif isinstance(value, InstanceValue):
                found += self._instance(value, heap)
            elif isinstance(value, ModuleValue):
                found.append(Module(value.name))
            elif isinstance(value, ExternalValue):
                found.append(External(value.name))
            elif isinstance(value, ExternalInstance):
                found.append(Unknown("", "", value.name))
            else:
                found.append(otherwise or Unknown())
        return tuple(dict.fromkeys(found)) or ((otherwise,) if otherwise is not None else NOT_TOLD)

    def _instance(self, value: InstanceValue, heap: dict[int, Object] | None) -> Value:
        cls = Class(value.module, value.qualname)
        single = self.singletons.get(cls.qualified)
        if single:
            return single
        if heap is None or not self._machine.policy.terms:
            return (Typed(value.module, value.qualname),)
        return (self._machine.opened(cls, heap),)


def _nothing(cls: str, name: str) -> Value:
    return ()
