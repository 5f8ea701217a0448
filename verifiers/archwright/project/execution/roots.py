"""Functions followed from their beginning, with everything noted that is seen on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from archwright.project.code import Scope
from archwright.project.execution.entering import result_of
from archwright.project.execution.heap import Object, joined_heaps, sequence
from archwright.project.execution.state import State
from archwright.project.execution.trace import Replacement, Trace
from archwright.project.execution.values import Unknown, Value

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine


def follow_root(
    machine: Machine,
    scope: Scope,
    names: Mapping[str, Value] | None = None,
    heap: dict[int, Object] | None = None,
    replace: Replacement | None = None,
    *,
    follows: bool = True,
) -> Trace:
    """Follows *scope* with *names* as its parameters and the objects of *heap* that they lead to.

    Without *names*, parameters are what they are declared to be. *follows*: whether there is a value to follow among them.
    """
    heap = {} if heap is None else heap
    given = declared_parameters(machine, scope, heap) if names is None else names
    trace = Trace(machine.base, replace, machine.models, follows=follows)
    ends = machine.run(scope, trace, names=given, heap=heap)
    trace.objects = joined_heaps([state.heap for _, state in ends]) if ends else dict(heap)
    trace.returned = result_of(machine, scope, ends, State({}, trace.objects)) if ends else ()
    trace.exhausted = machine.exhausted
    return trace


def declared_parameters(machine: Machine, scope: Scope, heap: dict[int, Object]) -> dict[str, Value]:
    """What the parameters of a root are when nobody says, by their annotations; objects are put into *heap*."""
    found: dict[str, Value] = {}
    anything: Value = (Unknown("an argument"),)
    for param in scope.params:
        if param.kind == "vararg":
            found[param.name] = (machine.put(sequence("tuple", (), anything), heap),)
        elif param.kind == "kwarg":
            found[param.name] = (machine.put(Object("dict", {}, "an argument", rest=anything), heap),)
        else:
            inferred = machine.inference.bound(scope.names.bound[param.name][0], param.name, scope, 24)
            otherwise = Unknown(f"parameter `{param.name}`", param.name)
            found[param.name] = machine.inferred.values(inferred, heap, otherwise)
    return found
