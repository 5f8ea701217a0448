"""Attributes of values, and instances of classes: fields, methods, properties, enumeration members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from archwright.facts import ir
from archwright.project.annotations import parse_annotation
from archwright.project.code import Scope
from archwright.project.symbolic.binding import Arguments, Bound, bind
from archwright.project.symbolic.ends import Frame, PathEndsError
from archwright.project.symbolic.fields import DataClass
from archwright.project.symbolic.state import State
from archwright.project.symbolic.values import (
    NOT_TOLD,
    Alternative,
    Class,
    Entry,
    External,
    Function,
    Literal,
    Module,
    Object,
    Ref,
    Typed,
    Unknown,
    Value,
    constant,
    union,
)
from archwright.project.values import FunctionValue, InstanceValue

if TYPE_CHECKING:
    from archwright.project.symbolic.machine import Machine

_PROPERTIES = ("property", "cached_property", "hybrid_property")


class Attributes:
    """Looks attributes up on whatever a value may be."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def of(self, value: Value, name: str, state: State, frame: Frame) -> Value:
        """What attribute *name* of *value* is."""
        return union(self._of(one, name, state, frame) for one in value) or NOT_TOLD

    def called(self, func: ir.Expr, state: State, frame: Frame) -> Value:
        """What ``func(...)`` calls; a method of something outside keeps the object it is a method of."""
        if isinstance(func, ir.Attr):
            if _is_super(func.value):
                return self._inherited(func.name, state, frame)
            found: list[Value] = []
            for one in self._machine.evaluate(func.value, state, frame):
                if isinstance(one, Unknown) and one.type:
                    found.append((External(f"{one.type}.{func.name}", one),))
                else:
                    found.append(self._of(one, func.name, state, frame))
            return union(found)
        return self._machine.evaluate(func, state, frame)

    def of_annotation(
        self, annotation: ir.Expr | None, scope: Scope, what: str, parameter: str = ""
    ) -> Value:
        """A value about which only its annotation is known."""
        if isinstance(annotation, ir.Str):
            annotation = parse_annotation(annotation.value)
        if annotation is None:
            return (Unknown(what, parameter),)
        choices = self._machine.data.literal_choices(annotation, scope)
        if choices is not None and all(isinstance(c, ir.Str) for c in choices):
            return union(constant(c.value) for c in choices if isinstance(c, ir.Str))
        found: list[Alternative] = []
        there = not self._machine.data.admits_none(annotation, scope)
        for one in self._machine.from_values(self._machine.inference.types(annotation, scope)):
            if isinstance(one, Unknown):
                found.append(Unknown(what, parameter, one.type, there))
            elif isinstance(one, Typed):
                found.append(msgspec.structs.replace(one, there=there))
            else:
                found.append(one)
        return tuple(found) if found else (Unknown(what, parameter),)

    # --- one alternative ---

    def _of(self, one: Alternative, name: str, state: State, frame: Frame) -> Value:
        machine = self._machine
        if isinstance(one, Module):
            return machine.resolved(machine.inference.project.names.resolve(f"{one.name}.{name}"))
        if isinstance(one, Ref):
            made = machine.object(one, state)
            if made.kind != "instance":
                return (External(f"builtins.{made.kind}.{name}", one),)
            if name in made.entries:
                return machine.look(made.entries[name])
            return union(
                self.member(cls, name, one, state, frame) for cls in (made.cls, *self._overriding(made, name))
            )
        if isinstance(one, Typed):
            return self._of_typed(one, name, state, frame)
        if isinstance(one, Class):
            return self._of_class(one, name, state, frame)
        if isinstance(one, External):
            return (External(f"{one.name}.{name}", one.of),)
        if isinstance(one, Literal):
            if name in ("value", "_value_"):
                return (one,)
            return (External(f"builtins.{one.kind}.{name}", one),)
        return (Unknown(getattr(one, "reason", ""), getattr(one, "parameter", "")),)

    def _overriding(self, made: Object, name: str) -> list[str]:
        """The subclasses that give *name* themselves, where *made* may be of any of them: a ``self`` nobody is seen to make."""
        if made.made_at is not None or not made.open:
            return []
        below = self._machine.inference.classes.descendants(made.cls)
        bodies = ((cls, self._machine.data.scope(cls)) for cls in below)
        return [cls for cls, body in bodies if body is not None and name in body.names.bound]

    def _of_typed(self, one: Typed, name: str, state: State, frame: Frame) -> Value:
        machine = self._machine
        data = machine.data.of(one.qualified)
        field = next((f for f in data.fields if f.name == name), None) if data is not None else None
        if field is not None:
            return self.of_annotation(field.annotation, field.owner, f"`{name}` of a `{one.qualname}`")
        instance = InstanceValue(one.module, one.qualname)
        prop = machine.inference.property_of(instance, name)
        if prop is not None:
            return self._read_property(prop, one, state, frame)
        if (
            data is not None
            and data.kind == "pydantic"
            and name in ("model_dump", "dict", "model_copy", "copy")
        ):
            return (External(f"pydantic.BaseModel.{name}", one),)
        found: list[Alternative] = []
        for value in machine.inference.member(instance, name):
            if isinstance(value, FunctionValue):
                found.append(Function(value.module, value.qualname, one if value.bound else None))
            else:
                found.extend(machine.from_values(frozenset({value})))
        real = tuple(f for f in found if not (isinstance(f, Function) and self._is_stub(f)))
        return real or tuple(found) or (Unknown(f"`{name}` of a `{one.qualname}`"),)

    def _is_stub(self, function: Function) -> bool:
        scope = self._machine.inference.index(function.module).scopes.get(function.qualname)
        return scope is not None and all(
            isinstance(s, ir.ExprStmt) and isinstance(s.value, ir.Const | ir.Str) for s in scope.body
        )

    def _of_class(self, one: Class, name: str, state: State, frame: Frame) -> Value:
        if name in ("__name__", "__qualname__"):
            return constant(one.qualname.rpartition(".")[2])
        return self.member(one.qualified, name, one, state, frame)

    def member(self, cls: str, name: str, receiver: Ref | Class | Typed, state: State, frame: Frame) -> Value:
        """What the nearest class in the lineage of *cls* gives *name*."""
        machine = self._machine
        for base in machine.inference.classes.lineage(cls):
            scope = machine.data.scope(base)
            if scope is None:
                if base.startswith("pydantic") and name in ("model_dump", "dict", "model_copy", "copy"):
                    return (External(f"pydantic.BaseModel.{name}", receiver),)
                continue
            bindings = scope.names.bound.get(name)
            if not bindings:
                continue
            how = bindings[-1]
            inner = machine.inference.index(scope.module).by_node.get(id(how.node))
            if how.kind == "function" and inner is not None:
                return self._method(inner, receiver, state, frame)
            if how.kind == "class" and inner is not None:
                return (Class(inner.module, inner.qualname),)
            if how.value is not None:
                if machine.data.is_enum(base) and isinstance(how.value, ir.Call):
                    return constant(name.lower())  # auto() of a StrEnum
                return machine.evaluate(how.value, State({}, state.heap), Frame(scope, frame.trail))
            if how.annotation is not None:
                return self.of_annotation(how.annotation, scope, f"`{name}`")
        module, qualname = _split(machine, cls)
        if not module and cls:
            return (External(f"{cls}.{name}", receiver),)
        outside = [
            b for b in machine.inference.classes.lineage(cls) if not machine.inference.classes.known(b)
        ]
        if isinstance(receiver, Ref) and any(machine.tracked(b) for b in outside):
            return (External(f"{next(b for b in outside if machine.tracked(b))}.{name}", receiver),)
        if module and isinstance(receiver, Ref | Typed):
            return machine.from_values(machine.inference.member(InstanceValue(module, qualname), name))
        return (Unknown(f"`{name}` of `{cls}`"),)

    def _method(self, scope: Scope, receiver: Ref | Class | Typed, state: State, frame: Frame) -> Value:
        is_class = isinstance(receiver, Class)
        if not is_class and any(map(scope.decorated, _PROPERTIES)):
            return self._read_property(scope, receiver, state, frame)
        if scope.decorated("staticmethod"):
            return (Function(scope.module, scope.qualname),)
        if scope.decorated("classmethod"):
            owner: Alternative | None = receiver
            if isinstance(receiver, Ref):
                module, qualname = _split(self._machine, self._machine.object(receiver, state).cls)
                owner = Class(module, qualname)
            elif isinstance(receiver, Typed):
                owner = Class(receiver.module, receiver.qualname)
            return (Function(scope.module, scope.qualname, owner),)
        return (Function(scope.module, scope.qualname, None if is_class else receiver),)

    def _read_property(self, scope: Scope, receiver: Any, state: State, frame: Frame) -> Value:
        call = ir.Call(ir.Name(scope.qualname), (), (1, 1, 1, 1))
        try:
            return self._machine.apply(
                Function(scope.module, scope.qualname, receiver), Arguments([], {}), call, state, frame
            )
        except PathEndsError:
            return NOT_TOLD

    def _inherited(self, name: str, state: State, frame: Frame) -> Value:
        scope: Scope | None = frame.scope
        while scope is not None and scope.kind != "class":
            method, scope = scope, scope.parent
        if scope is None:
            return NOT_TOLD
        receiver = state.names.get(method.params[0].name, NOT_TOLD) if method.params else NOT_TOLD
        first = receiver[0]
        if not isinstance(first, Ref | Class | Typed):
            return NOT_TOLD
        lineage = self._machine.inference.classes.lineage(Class(scope.module, scope.qualname).qualified)
        for base in lineage[1:]:
            inner = self._machine.data.scope(base)
            if inner is not None and name in inner.names.bound:
                return self.member(base, name, first, state, frame)
        return (External(f"{lineage[1] if len(lineage) > 1 else 'builtins.object'}.{name}", first),)

    # --- instances ---

    def construct(self, cls: Class, args: Arguments, call: ir.Call, state: State, frame: Frame) -> Value:
        """A new instance."""
        machine = self._machine
        data = machine.data.of(cls.qualified)
        init = self._own_init(cls)
        if machine.data.is_enum(cls.qualified):
            machine.tell_construction(cls, args, None, call, state, frame)
            return args.positional[0] if args.positional else NOT_TOLD
        if init is None and data is not None:
            bound = self._bind_fields(data, args, state, frame)
            machine.tell_construction(cls, args, bound, call, state, frame)
            filled = self._filled(cls, data, bound, args, state)
            at = (frame.scope.module, call.at)
            return (machine.new(msgspec.structs.replace(filled, made_at=at), state),)
        at = (frame.scope.module, call.at)
        made = Object("instance", {}, "its other attributes" if init is None else "", "", cls.qualified, at)
        ref = machine.new(made, state)
        if init is None:
            machine.tell_construction(cls, args, None, call, state, frame)
        else:
            bound = bind(init.params[1:], args)
            machine.tell_construction(cls, args, bound, call, state, frame)
            function = Function(init.module, init.qualname, ref)
            for entry in bound.entries.values():
                machine.look(entry)
            if machine.worth_entering(function, init, args, state, frame) or len(init.body) < 40:
                machine.apply(function, args, call, state, frame)
        return (ref,)

    def _own_init(self, cls: Class) -> Scope | None:
        for base in self._machine.inference.classes.lineage(cls.qualified):
            scope = self._machine.data.scope(base)
            how = scope.names.bound.get("__init__") if scope is not None else None
            if scope is not None and how:
                return self._machine.inference.index(scope.module).by_node.get(id(how[-1].node))
        return None

    def _bind_fields(self, data: DataClass, args: Arguments, state: State, frame: Frame) -> Bound:
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

    def _made_empty(self, default: ir.Expr | None, state: State) -> Value:
        """What ``default_factory=dict`` and the like make."""
        kind = _factory(default)
        return (self._machine.new(Object(kind, {}), state),) if kind in ("dict", "list", "set") else ()

    def _filled(self, cls: Class, data: DataClass, bound: Bound, args: Arguments, state: State) -> Object:
        machine = self._machine
        entries: dict[Any, Entry] = {}
        for field in data.fields:
            given = bound.names.get(field.name)
            if given is not None:
                entry = bound.entries.get(field.name)
                entries[field.name] = Entry(given, True, entry.origin if entry is not None else "")
            elif data.kind != "dict" or field.required:
                default = field.default
                if isinstance(default, ir.Str | ir.Const | ir.Num | ir.Name | ir.Attr):
                    value = machine.evaluate(default, State({}, {}), Frame(field.owner))
                else:
                    value = self._made_empty(default, state) or self.of_annotation(
                        field.annotation, field.owner, f"`{field.name}`"
                    )
                entries[field.name] = Entry(value)
        kind = "dict" if data.kind == "dict" else "instance"
        return Object(
            kind, entries, args.more_keywords if kind == "dict" else "", args.parameter, cls.qualified
        )


def _factory(default: ir.Expr | None) -> str:
    """The builtin a field's ``default_factory`` names; empty for anything else."""
    if isinstance(default, ir.Call):
        for arg in default.args:
            if arg.keyword in ("default_factory", "factory") and isinstance(arg.value, ir.Name):
                return arg.value.id
    return ""


def _split(machine: Machine, cls: str) -> tuple[str, str]:
    if not machine.inference.classes.known(cls):
        return "", ""
    return machine.inference.classes.locate(cls)


def _is_super(expr: ir.Expr) -> bool:
    return isinstance(expr, ir.Call) and expr.func == ir.Name("super")
