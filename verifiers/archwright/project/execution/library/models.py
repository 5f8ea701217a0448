"""Classes that hold data, as dictionaries and as copies: dataclasses, attrs, msgspec, pydantic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from archwright.project.execution.attributes import attribute_of, of_annotation
from archwright.project.execution.frame import Frame
from archwright.project.execution.heap import Entry, Object
from archwright.project.execution.items import items_of
from archwright.project.execution.library.invocation import Invocation, Model
from archwright.project.execution.state import State
from archwright.project.execution.values import (
    NOT_TOLD,
    Alternative,
    Class,
    Literal,
    Made,
    Ref,
    Typed,
    Unknown,
    Value,
    constant,
    is_none,
    literal_of,
    union,
)

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine

_VALIDATORS = frozenset({"from_orm", "model_construct", "model_validate", "model_validate_json", "parse_obj"})
_DUMPS = frozenset({"model_dump", "dict", "_asdict"})
_COPIES = frozenset({"model_copy", "copy", "_replace"})


def method(one: Invocation, receiver: Alternative) -> Value | None:
    """What a method models inherit gives; None for any other method."""
    if isinstance(receiver, Ref) and one.object(receiver).kind != "instance":
        return None
    if isinstance(receiver, Ref | Typed):
        if one.last in _DUMPS:
            return _dumped(one, receiver)
        if one.last in _COPIES:
            return _copied(one, receiver)
    if isinstance(receiver, Class) and one.last in _VALIDATORS and one.machine.policy.terms:
        return _validated(one, receiver)
    return None


def fields_of(machine: Machine, ref: Ref, state: State, frame: Frame) -> Object:
    """The fields of an object as a dictionary."""
    made = machine.object(ref, state)
    if made.kind != "instance" or not machine.policy.terms:
        entries = dict(made.entries)
        return Object("dict", entries, made.open, made.parameter, rest=made.rest)
    declared = machine.data.declared(made.cls)
    names = declared or made.entries
    entries = {name: Entry(attribute_of(machine, ref, name, state, frame)) for name in names}
    return Object("dict", entries, "" if declared or made.made_at is not None else "a field")


def _as_dict(one: Invocation) -> Value | None:
    if not one.args.positional:
        return None
    return union(*(_fields(one, value) for value in one.first()))


def _fields(one: Invocation, value: Alternative) -> Value:
    """``asdict(x)`` and ``vars(x)``."""
    if isinstance(value, Ref):
        return one.new(fields_of(one.machine, value, one.state, one.frame))
    data = one.machine.data.of(value.qualified) if isinstance(value, Typed) else None
    if data is None:
        return (Unknown("the fields of something", getattr(value, "parameter", "")),)
    entries = {
        f.name: Entry(
            of_annotation(one.machine, f.annotation, f.owner, f"`{f.name}`", one.state.heap), at=f.at
        )
        for f in data.fields
    }
    return one.new(Object("dict", entries, "extra fields" if data.extra else ""))


def _replaced(one: Invocation) -> Value | None:
    """``replace(x, **changes)``."""
    if not one.args.positional:
        return None
    found: list[Value] = []
    for value in one.first():
        if isinstance(value, Ref):
            found.append(_with_fields(one, value, one.args.keywords, one.args.rest))
        else:
            found.append(one.made() if one.machine.policy.terms else (value,))
    return union(*found)


def _with_fields(one: Invocation, ref: Ref, more: Mapping[str, Entry], rest: Value) -> Value:
    made = one.object(ref)
    entries = dict(made.entries)
    if rest:
        entries = {k: msgspec.structs.replace(e, value=union(e.value, rest)) for k, e in entries.items()}
    entries.update(more)
    why = made.open or (one.args.more_keywords if not one.machine.policy.terms else "")
    return one.new(msgspec.structs.replace(made, entries=entries, open=why))


def _copied(one: Invocation, receiver: Ref | Typed) -> Value:
    if not isinstance(receiver, Ref) or not one.machine.policy.terms:
        return (receiver,)
    update = one.args.keywords.get("update")
    if update is None:
        return _with_fields(one, receiver, one.args.keywords, one.args.rest)
    known: dict[str, Entry] = {}
    rest: Value = ()
    for value in update.value:
        if isinstance(value, Ref):
            given = one.object(value)
            known.update({k: e for k, e in given.entries.items() if isinstance(k, str)})
            rest = union(rest, given.beyond)
        elif not is_none(value):
            rest = union(rest, (value,))
    return _with_fields(one, receiver, known, rest)


# --- models that check what they are given ----------------------------------------------------------------------


def _dumped(one: Invocation, receiver: Ref | Typed) -> Value:
    cls = one.object(receiver).cls if isinstance(receiver, Ref) else receiver.qualified
    data = one.machine.data.of(cls)
    (source,) = _fields(one, receiver)
    if not isinstance(source, Ref) or (data is None and not one.machine.policy.terms):
        return NOT_TOLD
    made = one.object(source)
    entries = dict(made.entries)
    by_alias = _flag(one, "by_alias")
    for field in data.fields if data is not None else ():
        entry = entries.get(field.name)
        if entry is None:
            continue
        may_go = (
            (_flag(one, "exclude_none") and one.machine.data.admits_none(field.annotation, field.owner))
            or (_flag(one, "exclude_unset") and not field.required)
            or (_flag(one, "exclude_defaults") and not field.required)
        )
        if may_go:
            entries[field.name] = msgspec.structs.replace(entry, sure=False)
        if by_alias and field.alias:
            entries[field.alias] = entries.pop(field.name)
    return one.new(Object("dict", _chosen(one, entries), made.open, made.parameter, rest=made.rest))


def _chosen(one: Invocation, entries: dict[Any, Entry]) -> dict[Any, Entry]:
    """What ``include`` and ``exclude`` leave."""
    for option, keeps in (("include", True), ("exclude", False)):
        entry = one.args.keywords.get(option)
        if entry is None or all(map(is_none, entry.value)):
            continue
        chosen = items_of(one.machine, entry.value, one.state)
        if chosen is None or any(literal_of(item.value) is ... for item in chosen):
            entries = {k: msgspec.structs.replace(e, sure=False) for k, e in entries.items()}
            continue
        names = {literal_of(item.value) for item in chosen}
        entries = {k: e for k, e in entries.items() if (k in names) == keeps}
    return entries


def _flag(one: Invocation, name: str) -> bool:
    given = one.args.keywords.get(name)
    return given is not None and given.value != constant(False)


def _validated(one: Invocation, cls: Class) -> Value:
    source = one.args.get(0, "obj")
    known: dict[str, Entry] = {} if source else dict(one.args.keywords)
    rest: Value = () if source else one.args.rest
    for value in source:
        made = one.object(value) if isinstance(value, Ref) else None
        if made is not None and isinstance(value, Ref):
            fields = fields_of(one.machine, value, one.state, one.frame)
            for key, entry in fields.entries.items():
                before = known.get(key)
                known[key] = entry if before is None else Entry(union(before.value, entry.value))
            rest = union(rest, fields.beyond)
        elif not (isinstance(value, Literal) and value.value is None):
            rest = union(rest, (Made("builtins.dict.values", (value,), None, False),))
    entries: dict[Any, Entry] = {}
    for name in one.machine.data.declared(cls.qualified):
        part = union(known[name].value if name in known else (), rest)
        entries[name] = Entry(part or (Made(f"{cls.qualified}.{name}", source, None, False),))
    at = (one.frame.function[0], one.expr.at)
    return one.new(Object("instance", entries, "", "", cls.qualified, at))


MODELS: dict[str, Model] = {
    **dict.fromkeys(
        ("dataclasses.asdict", "msgspec.structs.asdict", "attr.asdict", "attrs.asdict", "builtins.vars"),
        _as_dict,
    ),
    **dict.fromkeys(
        ("dataclasses.replace", "msgspec.structs.replace", "copy.replace", "attr.evolve", "attrs.evolve"),
        _replaced,
    ),
}
