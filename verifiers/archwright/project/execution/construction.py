"""Instances of classes of the code base, as they are made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from archwright.facts import ir
from archwright.project.execution.arguments import Arguments, Bound, bind
from archwright.project.execution.attributes import of_annotation
from archwright.project.execution.data_classes import DataClass, DataField
from archwright.project.execution.entering import follow, tell
from archwright.project.execution.frame import Frame
from archwright.project.execution.heap import Entry, Object
from archwright.project.execution.state import State
from archwright.project.execution.values import (
    NOT_TOLD,
    Class,
    Function,
    Made,
    Unknown,
    Value,
    union,
)

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine

_COLLECTIONS = frozenset({"builtins.list", "builtins.tuple", "collections.UserList", "collections.deque"})
"""Classes whose instances have what they are given as their items."""


def construct(
    machine: Machine, cls: Class, args: Arguments, expr: ir.Call, state: State, frame: Frame
) -> Value:
    """A new instance."""
    names = frozenset({cls.qualified, f"{cls.qualified}.__init__"})
    if machine.data.is_enum(cls.qualified):
        tell(machine, cls, names, args, None, expr, state, frame)
        if machine.policy.terms:
            return (Made(cls.qualified, (), args, True, frame.function[0], expr.at),)
        return args.get(0) or NOT_TOLD
    at = (frame.function[0], expr.at)
    init = machine.members.constructor(cls.qualified)
    if init is not None:
        bound = bind(init.params[1:], args)
        ref = machine.new(Object("instance", {}, "", "", cls.qualified, at), state)
        given = tell(machine, cls, names, args, bound, expr, state, frame)
        machine.observer.constructed(ref, frame, expr.at)
        if given is not None:
            return given
        for entry in bound.entries.values():
            machine.look(entry)
        function = Function(init.module, init.qualname, ref, 0, cls.qualified)
        result = follow(machine, function, args, expr, state, frame)
        if machine.policy.terms and _COLLECTIONS & set(machine.inference.classes.lineage(cls.qualified)):
            made = machine.object(ref, state)
            state.heap[ref.loc] = made.holding({**made.entries, "args": _held(machine, args, state)})
        return (ref,) if result else ()
    data = machine.data.of(cls.qualified)
    found = _bind_fields(data, args) if data is not None else None
    given = tell(machine, cls, names, args, found, expr, state, frame)
    if given is not None:
        return given
    ref = machine.new(Object("instance", {}, "", "", cls.qualified, at), state)
    machine.observer.constructed(ref, frame, expr.at)
    if data is not None and found is not None:
        made = _filled(machine, cls, data, found, args, state, frame)
    else:
        made = _plain(machine, cls, args, state, frame)
    state.heap[ref.loc] = msgspec.structs.replace(made, made_at=at)
    finish = machine.members.method(cls.qualified, "__post_init__")
    if finish is not None and data is not None:
        function = Function(finish.module, finish.qualname, ref, 0, cls.qualified)
        follow(machine, function, Arguments(), expr, state, frame)
    return (ref,)


def _bind_fields(data: DataClass, args: Arguments) -> Bound:
    params = tuple(
        ir.Param(
            f.name,
            "kwonly" if data.kind in ("pydantic", "dict") else "arg",
            f.annotation,
            None if f.required else f.default or ir.Const("..."),
        )
        for f in data.fields
        if f.given
    )
    bound = bind(params, args)
    if data.extra or data.kind == "pydantic":
        kept = tuple(m for m in bound.misfits if m.kind != "unknown")
        return msgspec.structs.replace(bound, misfits=kept)
    return bound


def _filled(
    machine: Machine, cls: Class, data: DataClass, bound: Bound, args: Arguments, state: State, frame: Frame
) -> Object:
    """An instance of a class that holds data: what is given, and the defaults of the others."""
    entries: dict[Any, Entry] = {}
    for field in data.fields:
        given = bound.names.get(field.name)
        if given is not None and field.name not in bound.perhaps:
            entry = bound.entries.get(field.name)
            entries[field.name] = Entry(given, True, entry.origin if entry is not None else "")
        elif data.kind != "dict" or field.required:
            default = _default(machine, field, state, frame)
            if not default:
                what = f"field `{field.name}`"
                default = of_annotation(machine, field.annotation, field.owner, what, state.heap)
            entries[field.name] = Entry(union(bound.perhaps.get(field.name, ()), default))
    if data.kind == "dict":
        return Object("dict", entries, args.more_keywords, args.parameter, cls.qualified, rest=args.rest)
    return Object("instance", entries, "", "", cls.qualified)


def _plain(machine: Machine, cls: Class, args: Arguments, state: State, frame: Frame) -> Object:
    """An instance of a class whose constructor is made elsewhere: a mapped class, an exception."""
    declared = machine.data.declared(cls.qualified)
    given = dict(zip(declared, args.positional, strict=False)) | args.named
    mapped = machine.models is not None and machine.models.of(cls.qualified) is not None
    entries = {name: Entry(value) for name, value in given.items()}
    for name, field in declared.items():
        if name in given:
            continue
        if mapped:
            # What a row is not given, the database or the mapping fills in.
            if args.rest:
                entries[name] = Entry(args.rest)
        else:
            value = union(args.star, args.rest, _default(machine, field, state, frame))
            entries[name] = Entry(value or (Unknown(f"field `{name}`"),))
    if not declared and (args.positional or args.star) and machine.policy.terms:
        entries["args"] = _held(machine, args, state)
    return Object("instance", entries, "its other attributes", "", cls.qualified)


def _held(machine: Machine, args: Arguments, state: State) -> Entry:
    """The positional arguments, where a constructor of another package keeps them."""
    items = {i: Entry(value) for i, value in enumerate(args.positional)}
    held = Object("tuple", items, "further arguments" if args.star else "", rest=args.star)
    return Entry((machine.new(held, state),))


def _default(machine: Machine, field: DataField, state: State, frame: Frame) -> Value:
    """What a field is when it is not given; empty where that cannot be told."""
    from archwright.project.execution.calls import call_any

    default = field.default
    if default is None:
        return ()
    home = frame.within(field.owner)
    inner = State({}, state.heap)
    if field.description is not None:
        for arg in field.description.args:
            if arg.keyword == "default" or (not arg.keyword and not arg.star):
                value = machine.evaluate(arg.value, inner, home)
                return () if arg.value == ir.Const("...") else value
            if arg.keyword in ("default_factory", "factory"):
                made = machine.evaluate(arg.value, inner, home)
                value = call_any(machine, made, Arguments(), field.description, inner, home)
                state.heap = inner.heap
                return value
        return ()
    if isinstance(default, ir.Call) and not machine.policy.terms:
        return ()
    return machine.evaluate(default, inner, home)
