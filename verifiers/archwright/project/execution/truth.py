"""Whether values count as true, and of which class they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archwright.project.execution.heap import Object
from archwright.project.execution.state import State
from archwright.project.execution.values import (
    Alternative,
    Class,
    External,
    Function,
    LambdaFunction,
    Literal,
    Module,
    Partial,
    Ref,
    Token,
    Typed,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine

_MAPPINGS = frozenset(
    f"{m}.{n}"
    for m in ("typing", "collections.abc", "builtins")
    for n in ("dict", "Mapping", "MutableMapping")
)
_SUBTYPES = {
    "bool": ("bool", "int"),
    "int": ("int",),
    "str": ("str",),
    "float": ("float",),
    "bytes": ("bytes",),
}


def truth(machine: Machine, one: Alternative, state: State) -> bool | None:
    """Whether one alternative counts as true; None when that cannot be told."""
    if isinstance(one, Literal):
        return bool(one.value) if one.kind != "number" else None
    if isinstance(one, Token):
        return None if one.raw else True  # a client may leave it out
    if isinstance(one, Function | LambdaFunction | Partial | Class | Module):
        return True
    if isinstance(one, External):
        if one.name.endswith(".TYPE_CHECKING"):
            return False
        return True if one.name.startswith("builtins.") and one.of is None else None
    if isinstance(one, Ref):
        made = machine.object(one, state)
        if made.kind == "generator":
            return None
        if made.kind == "instance":
            # An object nobody has seen being made may be one that was not found.
            return True if made.made_at is not None or not machine.policy.terms else None
        if any(e.sure for e in made.entries.values()):
            return True
        return False if not made.entries and not made.open else None
    return None


def value_truth(machine: Machine, value: Value, state: State) -> bool | None:
    """Whether *value* counts as true, whatever it is."""
    answers = {truth(machine, one, state) for one in value}
    return answers.pop() if len(answers) == 1 else None


def is_unseen(made: Object) -> bool:
    """Whether an object is an instance that nobody has seen being made."""
    return made.kind == "instance" and made.made_at is None


def class_names(machine: Machine, kinds: Value, state: State) -> set[str] | None:
    """The qualified names of classes and tuples of classes; None where some cannot be told."""
    names: set[str] = set()
    for kind in kinds:
        values: Value = (kind,)
        if isinstance(kind, Ref):
            inner = machine.object(kind, state)
            if inner.open:
                return None
            values = inner.any_item
        for value in values:
            if isinstance(value, External):
                names.add(value.name)
            elif isinstance(value, Class):
                names.add(value.qualified)
            else:
                return None
    return names


def is_instance(machine: Machine, one: Alternative, names: set[str], state: State) -> bool | None:
    """Whether an alternative is an instance of one of the classes called *names*."""
    lineage = machine.inference.classes.lineage
    ours = all(machine.inference.classes.known(name) for name in names)
    if isinstance(one, Literal):
        return any(f"builtins.{kind}" in names for kind in _SUBTYPES.get(one.kind, (one.kind,)))
    if isinstance(one, Ref):
        made = machine.object(one, state)
        if made.kind != "instance":
            own = _MAPPINGS if made.kind == "dict" else {f"builtins.{made.kind}"}
            return True if names & own else False if ours and not made.cls else None
        if names & set(lineage(made.cls)):
            return True
        return False if ours and made.made_at is not None else None
    if isinstance(one, Typed):
        return True if names & set(lineage(one.qualified)) else None
    if isinstance(one, Unknown) and one.type:
        return True if one.type in names else None
    return None
