"""Names: what they hold in the running body, around it, and at the top of modules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from archwright.project.code import Scope
from archwright.project.execution.attributes import attribute
from archwright.project.execution.frame import Frame, root_frame
from archwright.project.execution.heap import joined_heaps
from archwright.project.execution.state import State
from archwright.project.execution.values import NOT_TOLD, External, Module, Unknown, Value, union
from archwright.project.names import Resolution

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine


class Names:
    """Looks names up; keeps what the bodies of modules leave behind."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._reads = machine.inference.project.reads
        kept_as = machine.kept_as
        self._modules: dict[str, dict[str, Value]] = self._reads.table(
            kept_as and f"{kept_as}: names of modules"
        )
        self._followed: set[str] = set()
        """Modules whose bodies are being followed."""
        self._bound: dict[tuple[int, str], Value] = self._reads.table(None)

    def of(self, name: str, state: State, frame: Frame) -> Value:
        """What *name* holds."""
        found = state.names.get(name)
        if found is not None:
            return found
        scope: Scope | None = frame.scope
        is_inner = True
        while scope is not None and scope.kind != "module":
            if (is_inner or scope.kind != "class") and name in scope.names.bound:
                return self._bound_in(name, scope, frame, is_inner=is_inner and scope.kind != "class")
            is_inner = False
            scope = scope.parent
        return self.of_module(name, frame.scope.module)

    def of_module(self, name: str, module: str) -> Value:
        """What *name* holds at the top of *module*."""
        found = self._machine.inference.project.names.resolve_in(module, name)
        return (External(f"builtins.{name}"),) if found is None else self.resolved(found)

    def resolved(self, found: Resolution) -> Value:
        """What a resolved name stands for."""
        machine = self._machine
        if found.kind == "module":
            return (Module(found.module),)
        if found.kind == "external":
            return (External(found.module),)
        if found.kind != "symbol" or not machine.inference.project.has(found.module):
            return (Unknown(f"`{found.qualified}` leads nowhere"),)
        head, _, rest = found.symbol.partition(".")
        value = self.left_by(found.module).get(head)
        if value is None:
            inferred = machine.inference.resolved(found, 24)
            value = machine.inferred.values(inferred, machine.base) if not rest else NOT_TOLD
        for part in rest.split(".") if rest else ():
            frame = root_frame(machine.inference.index(found.module).root)
            state = State({}, machine.base)
            value = attribute(machine, value, part, state, frame)
            if state.heap is not machine.base:
                machine.base.update(state.heap)
        return value

    def left_by(self, module: str) -> Mapping[str, Value]:
        """What the body of *module* leaves behind; empty while it is being followed."""
        known = self._modules.get(module)
        if known is None and module in self._followed:
            return {}
        if known is None:
            known = self._reads.made(self._modules, module, lambda: self._leaves(module))
        return known

    def _leaves(self, module: str) -> dict[str, Value]:
        self._followed.add(module)
        try:
            ends = self._machine.run_module(self._machine.inference.index(module).root)
        finally:
            self._followed.discard(module)
        self._machine.base.update(joined_heaps([s.heap for s in ends]) if ends else {})
        names = dict.fromkeys(name for s in ends for name in s.names)
        return {name: union(*(s.names[name] for s in ends if name in s.names)) for name in names}

    def _bound_in(self, name: str, scope: Scope, frame: Frame, *, is_inner: bool) -> Value:
        """A name of a body that has not been bound on this path, or of one around it that is not being followed."""
        if is_inner and not self._machine.policy.terms:
            return NOT_TOLD
        key = (id(scope), name)
        known = self._bound.get(key)
        if known is None:
            known = self._reads.made(self._bound, key, lambda: self._inferred(name, frame.scope))
        return known

    def _inferred(self, name: str, scope: Scope) -> Value:
        found = self._machine.inference.name(name, scope)
        if self._machine.policy.terms:
            return self._machine.inferred.values(found, self._machine.base, Unknown(f"`{name}`"))
        # Whoever calls the function around knows more.
        return tuple(
            msgspec.structs.replace(one, parameter=name) if isinstance(one, Unknown) else one
            for one in self._machine.inferred.values(found, self._machine.base)
        )
