"""What runs before the first request: the functions in which something is registered."""

from __future__ import annotations

from collections.abc import Iterable

from archwright.contracts.language import Selector, Subject
from archwright.facts import ir
from archwright.project.calls.calls import Site
from archwright.project.code import Scope
from archwright.project.execution.arguments import Arguments
from archwright.project.execution.frame import key_of
from archwright.project.execution.heap import Object, joined_heaps
from archwright.project.execution.machine import Machine
from archwright.project.execution.policy import Observer
from archwright.project.execution.roots import declared_parameters
from archwright.project.execution.trace import Trace
from archwright.project.execution.values import Class

_MOST_STATEMENTS = 200_000
"""How many statements are followed in all functions together in which something is registered."""


def prepare(machine: Machine, selector: Selector, sites: Iterable[Site]) -> None:
    """Runs the functions in which something is registered: what they put into shared objects is there for every root.

    Those that could not be followed to the end are kept as ``machine.unregistered``.

    An object that is registered with, and that parameters are declared to be, is taken to be the one there is; so is a
    parameter without a type on which a method of that name is called.
    """
    owners = _owners(machine, selector)
    for owner in owners:
        _make_single(machine, owner)
    functions: dict[int, tuple[Scope, list[Site]]] = {}
    for site in sites:
        if site.is_call:
            functions.setdefault(id(site.scope), (site.scope, []))[1].append(site)
    shared = tuple(atom for owner in owners for atom in machine.inferred.singletons[owner])
    unregistered: list[Scope] = []
    for scope, registering in functions.values():
        if machine.spent >= _MOST_STATEMENTS:
            unregistered.append(scope)
            continue
        store: dict[int, Object] = {}
        names = declared_parameters(machine, scope, store)
        for site in registering:
            func = site.node.func
            receiver = func.value if isinstance(func, ir.Attr) else None
            if not site.certain and shared and isinstance(receiver, ir.Name) and receiver.id in names:
                names[receiver.id] = shared
        ends = machine.run(scope, Observer(), names=names, heap=store)
        if machine.exhausted:
            unregistered.append(scope)
        if ends:
            machine.base.update(joined_heaps([state.heap for _, state in ends]))
    machine.unregistered = tuple(key_of(scope) for scope in unregistered)


def _owners(machine: Machine, selector: Selector) -> list[str]:
    """The classes with a method that *selector* means."""
    found = []
    project = machine.inference.project
    project.reads.note("classes")
    for module, summary in project.summaries():
        for definition in summary.definitions:
            owner = definition.qualname.rpartition(".")[0]
            name = f"{module}.{definition.qualname}"
            if owner and definition.kind == "function" and selector.matches(Subject(call=name)):
                qualified = f"{module}.{owner}"
                if machine.inference.classes.known(qualified) and qualified not in found:
                    found.append(qualified)
    return found


def _make_single(machine: Machine, owner: str) -> None:
    module, qualname = machine.inference.classes.locate(owner)
    cls = Class(module, qualname)
    heap: dict[int, Object] = {}
    root = machine.inference.index(module).root
    made = machine.call((cls,), Arguments(), root, Trace(machine.base), heap)
    if not made:
        # Its constructor wants something: what it is given is not known.
        made = (machine.opened(cls, heap),)
    machine.base.update(heap)
    machine.inferred.singletons[owner] = made
