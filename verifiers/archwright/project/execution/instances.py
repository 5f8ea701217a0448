"""Instances of classes of the code base, and the classes themselves: fields, methods, properties, enumeration members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.project.code import Scope, enclosing_class
from archwright.project.execution.bodies import is_stub
from archwright.project.execution.frame import Frame
from archwright.project.execution.heap import Entry, Object
from archwright.project.execution.state import State
from archwright.project.execution.values import (
    NOT_TOLD,
    Alternative,
    Class,
    Column,
    External,
    Function,
    Made,
    Ref,
    Typed,
    Unknown,
    Value,
    constant,
    union,
)
from archwright.project.types.values import ExternalInstance, ExternalValue, FunctionValue, InstanceValue

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine

_OF_PYDANTIC = frozenset({"model_dump", "dict", "model_copy", "copy"})


def of_instance(machine: Machine, ref: Ref, made: Object, name: str, state: State, frame: Frame) -> Value:
    """Attribute *name* of an object."""
    entry = made.entries.get(name)
    if entry is not None:
        return machine.look(entry)
    if name == "__class__":
        cls = class_of(machine, made.cls)
        return (cls,) if cls is not None else NOT_TOLD
    if name == "__dict__":
        from archwright.project.execution.library.models import fields_of

        return (machine.new(fields_of(machine, ref, state, frame), state),)
    if machine.policy.terms and made.made_at is None:
        return _of_unseen(machine, ref, made, name, state, frame)
    classes = (made.cls, *_overriding(machine, made, name))
    return union(*(member(machine, cls, name, ref, state, frame) for cls in classes))


def _overriding(machine: Machine, made: Object, name: str) -> list[str]:
    """The subclasses that give *name* themselves, where *made* may be of any of them: a ``self`` nobody is seen to make."""
    if made.made_at is not None or not made.open:
        return []
    below = machine.inference.classes.descendants(made.cls)
    bodies = ((cls, machine.data.scope(cls)) for cls in below)
    return [cls for cls, body in bodies if body is not None and name in body.names.bound]


def of_typed(machine: Machine, one: Typed, name: str, state: State, frame: Frame) -> Value:
    """Attribute *name* of an instance of which only the class is known."""
    from archwright.project.execution.attributes import of_annotation, read_property

    data = machine.data.of(one.qualified)
    field = next((f for f in data.fields if f.name == name), None) if data is not None else None
    if field is not None:
        what = f"`{name}` of a `{one.qualname}`"
        return of_annotation(machine, field.annotation, field.owner, what, state.heap)
    instance = InstanceValue(one.module, one.qualname)
    prop = machine.inference.property_of(instance, name)
    if prop is not None:
        return read_property(machine, prop, one, state, frame)
    if data is not None and data.kind == "pydantic" and name in _OF_PYDANTIC:
        return (External(f"pydantic.BaseModel.{name}", one),)
    found: list[Alternative] = []
    for value in sorted(machine.inference.member(instance, name), key=repr):
        if isinstance(value, FunctionValue):
            receiver = one if value.bound else None
            found.append(Function(value.module, value.qualname, receiver, 0, one.qualified))
        else:
            found.extend(machine.inferred.values(frozenset({value}), state.heap))
    real = tuple(f for f in found if not (isinstance(f, Function) and is_stub(machine, f)))
    return real or tuple(found) or (Unknown(f"`{name}` of a `{one.qualname}`"),)


def _of_unseen(machine: Machine, ref: Ref, made: Object, name: str, state: State, frame: Frame) -> Value:
    """Attribute *name* of an object nobody has seen being made: all that its class and those below it may have."""
    from archwright.project.execution.attributes import read_property

    if made.sent:
        asked = machine.inferred.sent_field(made.cls, name)
        if asked:
            return _kept(ref, name, asked, machine, state)
    cls = class_of(machine, made.cls)
    if cls is None:
        return (Made(f"{made.cls}.{name}", (ref,), None, False, frame.function[0], machine.at),)
    instance = InstanceValue(cls.module, cls.qualname)
    prop = machine.inference.property_of(instance, name)
    if prop is not None:
        return read_property(machine, prop, ref, state, frame)
    declared = machine.data.declared(made.cls).get(name)
    place = (frame.function[0], machine.at)
    found: list[Alternative] = []
    for value in sorted(machine.inference.member(instance, name), key=repr):
        if isinstance(value, FunctionValue):
            receiver = ref if value.bound else None
            found.append(Function(value.module, value.qualname, receiver, 0, value.receiver or made.cls))
        elif isinstance(value, ExternalValue):
            # A method inherited from another package: what it is called on matters.
            found.append(Made(value.name, (ref,), None, False, *place))
        elif isinstance(value, ExternalInstance):
            if not _is_plain(value.name):
                found.append(Made(value.name, (ref,), None, False, *place, name))
        else:
            told = machine.inferred.values(frozenset({value}), state.heap)
            found += [one for one in told if not isinstance(one, Unknown)]
    held = tuple(found)
    if not held:
        mapped = machine.models is not None and machine.models.of(made.cls) is not None
        if mapped or declared is not None or machine.inference.members.find(made.cls, name) is not None:
            held = (Made(f"{made.cls}.{name}", (ref,), None, False, *place),)
        else:
            held = (Unknown(f"`.{name}` of a `{cls.qualname}`"),)
    if made.sent and declared is not None:
        _send(held, machine, state)
    if declared is not None or any(isinstance(one, Ref) for one in held):
        # An object is asked twice for the same field and gives the same.
        return _kept(ref, name, held, machine, state)
    return held


def _kept(ref: Ref, name: str, value: Value, machine: Machine, state: State) -> Value:
    made = machine.object(ref, state)
    state.learn(ref.loc, made.holding({**made.entries, name: Entry(value)}))
    return value


def _send(value: Value, machine: Machine, state: State) -> None:
    """What is inside something a client sends was sent by the client, too."""
    for one in value:
        if isinstance(one, Ref):
            made = machine.object(one, state)
            if made.made_at is None and not made.entries and made.kind == "instance":
                state.heap[one.loc] = Object("instance", {}, made.open, "", made.cls, sent=True)


def of_class(machine: Machine, one: Class, name: str, state: State, frame: Frame) -> Value:
    """Attribute *name* of a class."""
    if name in ("__name__", "__qualname__"):
        return constant(one.qualname.rpartition(".")[2])
    model = machine.models.of(one.qualified) if machine.models is not None else None
    if model is not None and name in model.attributes:
        return (Column(model.table.name, model.attributes[name]),)
    return member(machine, one.qualified, name, one, state, frame)


def member(
    machine: Machine, cls: str, name: str, receiver: Ref | Class | Typed, state: State, frame: Frame
) -> Value:
    """What the nearest class in the lineage of *cls* gives *name*."""
    from archwright.project.execution.attributes import of_annotation

    for base in machine.inference.classes.lineage(cls):
        scope = machine.data.scope(base)
        if scope is None:
            if base.startswith("pydantic") and name in _OF_PYDANTIC:
                return (External(f"pydantic.BaseModel.{name}", receiver),)
            continue
        found = machine.members.own(base, name)
        if isinstance(found, Scope):
            return _method(machine, found, cls, receiver, state, frame)
        if found is not None:
            expr, where = found
            if machine.data.is_enum(base) and isinstance(expr, ir.Call):
                return constant(name.lower())  # auto() of a StrEnum
            apart = State({}, state.heap)
            value = machine.evaluate(expr, apart, frame.within(where))
            state.heap = apart.heap
            return value
        bindings = scope.names.bound.get(name)
        if not bindings:
            continue
        how = bindings[-1]
        inner = machine.inference.index(scope.module).by_node.get(id(how.node))
        if how.kind == "class" and inner is not None:
            return (Class(inner.module, inner.qualname),)
        if how.annotation is not None and not (machine.policy.terms and isinstance(receiver, Ref | Class)):
            return of_annotation(machine, how.annotation, scope, f"`{name}`", state.heap)
    return _from_outside(machine, cls, name, receiver, state, frame)


def _from_outside(
    machine: Machine, cls: str, name: str, receiver: Ref | Class | Typed, state: State, frame: Frame
) -> Value:
    """An attribute that no class body of the code base has."""
    owner = class_of(machine, cls)
    place = (frame.function[0], machine.at)
    if owner is None and cls:
        if machine.policy.terms:
            return (Made(f"{cls}.{name}", (receiver,), None, False, *place),)
        return (External(f"{cls}.{name}", receiver),)
    outside = [b for b in machine.inference.classes.lineage(cls) if not machine.inference.classes.known(b)]
    tracked = next((b for b in outside if machine.tracked(b)), "")
    if isinstance(receiver, Ref) and tracked:
        return (External(f"{tracked}.{name}", receiver),)
    if machine.policy.terms:
        if isinstance(receiver, Ref):
            return _of_unseen(machine, receiver, machine.object(receiver, state), name, state, frame)
        return (Made(f"{cls}.{name}", (receiver,), None, False, *place),)
    if owner is not None and isinstance(receiver, Ref | Typed):
        instance = InstanceValue(owner.module, owner.qualname)
        return machine.inferred.values(machine.inference.member(instance, name), state.heap)
    return (Unknown(f"`{name}` of `{cls}`"),)


def _method(
    machine: Machine, scope: Scope, cls: str, receiver: Ref | Class | Typed, state: State, frame: Frame
) -> Value:
    from archwright.project.execution.attributes import read_property

    is_class = isinstance(receiver, Class)
    if not is_class and machine.members.is_property(scope):
        return read_property(machine, scope, receiver, state, frame)
    if scope.decorated("staticmethod"):
        return (Function(scope.module, scope.qualname, None, 0, cls),)
    if scope.decorated("classmethod"):
        owner: Alternative | None = receiver
        if isinstance(receiver, Ref):
            owner = class_of(machine, machine.object(receiver, state).cls)
        elif isinstance(receiver, Typed):
            owner = Class(receiver.module, receiver.qualname)
        return (Function(scope.module, scope.qualname, owner, 0, cls),)
    return (Function(scope.module, scope.qualname, None if is_class else receiver, 0, cls),)


def inherited(machine: Machine, name: str, state: State, frame: Frame) -> Value:
    """What ``super().name`` is in a method that is being followed."""
    owner = enclosing_class(frame.scope)
    method: Scope | None = frame.scope
    while method is not None and method.parent is not owner:
        method = method.parent
    if owner is None or method is None or not method.params:
        return NOT_TOLD
    receiver = state.names.get(method.params[0].name, NOT_TOLD)
    lineage = machine.inference.classes.lineage(Class(owner.module, owner.qualname).qualified)
    found: list[Value] = []
    for one in receiver:
        if not isinstance(one, Ref | Class | Typed):
            found.append(NOT_TOLD)
            continue
        for base in lineage[1:]:
            inner = machine.data.scope(base)
            if inner is None:
                found.append(_outside_base(machine, base, name, one, frame))
                break
            if name in inner.names.bound:
                found.append(member(machine, base, name, one, state, frame))
                break
        else:
            found.append((External(f"builtins.object.{name}", one),))
    return union(*found)


def _outside_base(machine: Machine, base: str, name: str, one: Alternative, frame: Frame) -> Value:
    if machine.policy.terms:
        return (Made(f"{base}.{name}", (one,), None, False, frame.function[0], machine.at),)
    return (External(f"{base}.{name}", one),)


def class_of(machine: Machine, cls: str) -> Class | None:
    """The class of that qualified name; None where it is not of the code base."""
    if not machine.inference.classes.known(cls):
        return None
    return Class(*machine.inference.classes.locate(cls))


def _is_plain(name: str) -> bool:
    """Whether an external type is a value without methods of interest, better known by where it comes from."""
    return name.startswith(("builtins.", "datetime.", "decimal.", "uuid.", "typing.", "enum."))
