"""Conditions under symbolic execution: whether they hold, and what is known where they do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.project.symbolic.state import Condition, State, reachable
from archwright.project.symbolic.values import (
    NONE,
    Class,
    Entry,
    External,
    Function,
    LambdaFunction,
    Literal,
    Module,
    Partial,
    Ref,
    Typed,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from archwright.project.symbolic.ends import Frame
    from archwright.project.symbolic.machine import Machine

_MAPPINGS = frozenset(
    f"{m}.{n}"
    for m in ("typing", "collections.abc", "builtins")
    for n in ("dict", "Mapping", "MutableMapping")
)
_PLAIN = tuple(ir.Name(name) for name in ("isinstance", "len", "bool", "str", "set", "callable"))
_SUBTYPES = {
    "bool": ("bool", "int"),
    "int": ("int",),
    "str": ("str",),
    "float": ("float",),
    "bytes": ("bytes",),
}


def truth(machine: Machine, one: Any, state: State) -> bool | None:
    """Whether one alternative counts as true; None when that cannot be told."""
    if isinstance(one, Literal):
        return bool(one.value)
    if isinstance(one, Function | LambdaFunction | Partial | Class | Module):
        return True
    if isinstance(one, External):
        if one.name.endswith(".TYPE_CHECKING"):
            return False
        return True if one.name.startswith("builtins.") and one.of is None else None
    if isinstance(one, Ref):
        made = machine.object(one, state)
        if made.kind == "instance" or any(e.sure for e in made.entries.values()):
            return True
        return False if not made.entries and not made.open else None
    return None


def value_truth(machine: Machine, value: Value, state: State) -> bool | None:
    """Whether *value* counts as true, whatever it is."""
    answers = {truth(machine, one, state) for one in value}
    return answers.pop() if len(answers) == 1 else None


def test(machine: Machine, expr: ir.Expr, state: State, frame: Frame) -> bool | None:
    """Whether the condition *expr* holds; None when that cannot be told."""
    if isinstance(expr, ir.Unary) and expr.op == "not":
        inner = test(machine, expr.operand, state, frame)
        return None if inner is None else not inner
    if isinstance(expr, ir.BoolOp):
        left = test(machine, expr.left, state, frame)
        if left is (expr.op == "or"):
            return left
        paths = assume(machine, expr.left, expr.op == "and", state.copy(), frame)
        rights = {test(machine, expr.right, path, frame) for path in paths}
        if left is None:
            deciding = expr.op == "or"
            return deciding if rights == {deciding} else None
        return rights.pop() if len(rights) == 1 else None
    if isinstance(expr, ir.Compare):
        return compare(machine, expr, state, frame)
    if isinstance(expr, ir.Walrus):
        machine.evaluate(expr, state, frame)
        return test(machine, expr.target, state, frame)
    if isinstance(expr, ir.Name):
        meant = state.condition(expr.id)
        if meant is not None:
            known = value_truth(machine, machine.evaluate(expr, state, frame), state)
            return test(machine, meant, state, frame) if known is None else known
    if isinstance(expr, ir.Call):
        known = _called(machine, expr, state, frame)
        if known is not None:
            return known
    return value_truth(machine, machine.evaluate(expr, state, frame), state)


def compare(machine: Machine, expr: ir.Compare, state: State, frame: Frame) -> bool | None:
    """Whether a comparison holds."""
    left = machine.evaluate(expr.left, state, frame)
    answers: list[bool | None] = []
    for op, right_expr in zip(expr.ops, expr.rights, strict=True):
        right = machine.evaluate(right_expr, state, frame)
        answers.append(_compare(machine, op, left, right, state))
        left = right
    if False in answers:
        return False
    return None if None in answers else True


def _compare(machine: Machine, op: str, left: Value, right: Value, state: State) -> bool | None:
    if op in ("!=", "is not", "not in"):
        positive = _compare(machine, {"!=": "==", "is not": "is", "not in": "in"}[op], left, right, state)
        return None if positive is None else not positive
    if op == "in":
        return _contained(machine, left, right, state)
    if op in ("==", "is"):
        return _equal(left, right)
    a, b = _single(left), _single(right)
    if isinstance(a, int | float) and isinstance(b, int | float):
        return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}.get(op)
    return None


def _equal(left: Value, right: Value) -> bool | None:
    if right == NONE and all(_is_there(one) for one in left):
        return False
    if any(_may_be_anything(v) for v in (*left, *right)):
        return None
    if not set(left) & set(right):
        return (
            None
            if any(isinstance(v, Ref) for v in left) and any(isinstance(v, Ref) for v in right)
            else False
        )
    return True if len(left) == len(right) == 1 and not isinstance(left[0], Ref) else None


def _may_be_anything(one: Any) -> bool:
    """Whether an alternative may be the same as one that looks different; a constant of another package may."""
    return isinstance(one, Unknown | Typed) or (
        isinstance(one, External) and not (one.name.startswith("builtins.") and one.of is None)
    )


def _is_there(one: Any) -> bool:
    """Whether an alternative is surely not None."""
    if isinstance(one, Unknown | Typed):
        return one.there
    return not _may_be_anything(one) and one not in NONE


def _contained(machine: Machine, left: Value, right: Value, state: State) -> bool | None:
    needle = _single(left)
    if needle is ... or len(right) != 1:
        return None
    if isinstance(right[0], Literal):
        return (
            needle in right[0].value if isinstance(needle, str) and isinstance(right[0].value, str) else None
        )
    if not isinstance(right[0], Ref):
        return None
    made = machine.object(right[0], state)
    if made.kind == "dict":
        entry = made.entries.get(needle)
        if entry is None:
            return None if made.open else False
        return True if entry.sure else None
    if made.kind in ("list", "tuple", "set"):
        hits = [e.sure for e in made.entries.values() if _single(e.value) == needle]
        if True in hits:
            return True
        vague = made.open or hits or any(_single(e.value) is ... for e in made.entries.values())
        return None if vague else False
    return None


def _called(machine: Machine, call: ir.Call, state: State, frame: Frame) -> bool | None:
    """``isinstance`` and ``callable``."""
    if call.func == ir.Name("isinstance") and len(call.args) == 2:
        value = machine.evaluate(call.args[0].value, state, frame)
        kinds = machine.evaluate(call.args[1].value, state, frame)
        answers = {_is_instance(machine, one, kinds, state) for one in value}
        return answers.pop() if len(answers) == 1 else None
    return None


def _is_instance(machine: Machine, one: Any, kinds: Value, state: State) -> bool | None:
    names: set[str] = set()
    for kind in kinds:
        if isinstance(kind, Ref):
            inner = machine.object(kind, state)
            if inner.open:
                return None
            kind_values = [v for e in inner.entries.values() for v in e.value]
        else:
            kind_values = [kind]
        for value in kind_values:
            if isinstance(value, External):
                names.add(value.name)
            elif isinstance(value, Class):
                names.add(value.qualified)
            else:
                return None
    if isinstance(one, Literal):
        return any(f"builtins.{kind}" in names for kind in _SUBTYPES.get(one.kind, (one.kind,)))
    if isinstance(one, Ref):
        made = machine.object(one, state)
        if made.kind == "instance":
            return bool(names & set(machine.inference.classes.lineage(made.cls))) or None
        return bool(names & (_MAPPINGS if made.kind == "dict" else {f"builtins.{made.kind}"})) or None
    if isinstance(one, Typed):
        return True if names & set(machine.inference.classes.lineage(one.qualified)) else None
    if isinstance(one, Unknown) and one.type:
        return True if one.type in names else None
    return None


def assume(machine: Machine, expr: ir.Expr, wanted: bool, state: State, frame: Frame) -> list[State]:
    """The paths on which *expr* comes to *wanted*, with what is known there. *state* may be used up."""
    if isinstance(expr, ir.Unary) and expr.op == "not":
        return assume(machine, expr.operand, not wanted, state, frame)
    if isinstance(expr, ir.BoolOp):
        both = (expr.op == "and") == wanted
        if both:
            return [
                after
                for path in assume(machine, expr.left, wanted, state, frame)
                for after in assume(machine, expr.right, wanted, path, frame)
            ]
        other = state.copy()
        first = assume(machine, expr.left, wanted, state, frame)
        second = [
            after
            for path in assume(machine, expr.left, not wanted, other, frame)
            for after in assume(machine, expr.right, wanted, path, frame)
        ]
        return [*first, *second]
    if isinstance(expr, ir.Walrus):
        machine.evaluate(expr, state, frame)
        return assume(machine, expr.target, wanted, state, frame)
    known = test(machine, expr, state, frame)
    if known is not None:
        return [state] if known == wanted else []
    meant = state.condition(expr.id) if isinstance(expr, ir.Name) else None
    paths = [state] if meant is None else assume(machine, meant, wanted, state, frame)
    for path in paths:
        _narrow(machine, expr, wanted, path, frame)
    return paths


def is_condition(expr: ir.Expr) -> bool:
    """Whether testing what *expr* comes to may tell something about what it asks."""
    return isinstance(expr, ir.BoolOp | ir.Compare | ir.Unary) or (
        isinstance(expr, ir.Call) and _is_plain(expr)
    )


def remember(machine: Machine, name: str, expr: ir.Expr, state: State, frame: Frame) -> None:
    """*name* has been assigned the condition *expr*, whose evaluation has changed nothing: testing it is testing that."""
    parts = list(walk(expr))
    names = {part.id for part in parts if isinstance(part, ir.Name)}
    bound = (ir.Walrus, ir.Yield, ir.Lambda, ir.Comp)
    if name in names or any(isinstance(part, bound) for part in parts):
        return
    roots = [v for n in sorted(names) for v in machine.name(n, state, frame)]
    heap = machine.objects(state)
    if all(_is_plain(part) for part in parts) and not any(isinstance(v, Module) for v in roots):
        locs = reachable(tuple(roots), heap)
    else:
        locs = set(heap)
    state.conditions[name] = Condition(expr, frozenset(names), {loc: state.heap.get(loc) for loc in locs})


def _is_plain(part: object) -> bool:
    """Whether a part of a condition depends on nothing but the values of its names."""
    if not isinstance(part, ir.Call):
        return not isinstance(part, ir.Await)
    func = part.func
    return func in _PLAIN or (isinstance(func, ir.Attr) and func.name == "get")


def _narrow(machine: Machine, expr: ir.Expr, wanted: bool, state: State, frame: Frame) -> None:
    if isinstance(expr, ir.Name):
        _keep(machine, expr, lambda one: truth(machine, one, state) is not (not wanted), state, frame)
        if not wanted:
            _imply(machine, state.names.get(expr.id, ()), state)
    elif isinstance(expr, ir.Compare) and len(expr.ops) == 1:
        op, right = expr.ops[0], expr.rights[0]
        positive = wanted == (op in ("==", "is", "in"))
        if op in ("==", "is", "!=", "is not"):
            other = machine.evaluate(right, state, frame)
            if len(other) == 1 and isinstance(other[0], Literal):
                same = other[0]
                _keep(
                    machine,
                    expr.left,
                    lambda one: _may_be_anything(one) or (one == same) == positive,
                    state,
                    frame,
                )
        elif op in ("in", "not in"):
            _key_there(
                machine,
                machine.evaluate(right, state, frame),
                machine.evaluate(expr.left, state, frame),
                positive,
                state,
            )
    elif isinstance(expr, ir.Call) and isinstance(expr.func, ir.Attr) and expr.func.name == "get" and wanted:
        owner = machine.evaluate(expr.func.value, state, frame)
        if len(expr.args) == 1:  # with a default it may be that
            _key_there(machine, owner, machine.evaluate(expr.args[0].value, state, frame), True, state)


def _keep(machine: Machine, expr: ir.Expr, fits: Any, state: State, frame: Frame) -> None:
    """Drops the alternatives that do not fit from a name, or from an item of a dictionary."""
    if isinstance(expr, ir.Name) and expr.id in state.names:
        kept = tuple(one for one in state.names[expr.id] if fits(one))
        if kept and not fits(NONE[0]):
            kept = tuple(
                msgspec.structs.replace(one, there=True) if isinstance(one, Unknown | Typed) else one
                for one in kept
            )
        if kept:
            state.names[expr.id] = kept
    elif isinstance(expr, ir.Subscript) and len(expr.index) == 1:
        owner = machine.evaluate(expr.value, state, frame)
        key = _single(machine.evaluate(expr.index[0], state, frame))
        if len(owner) == 1 and isinstance(owner[0], Ref) and key is not ...:
            made = machine.object(owner[0], state)
            entry = made.entries.get(key)
            kept = tuple(one for one in entry.value if fits(one)) if entry is not None else ()
            if entry is not None and kept:
                changed = {**made.entries, key: msgspec.structs.replace(entry, value=kept)}
                state.learn(owner[0].loc, msgspec.structs.replace(made, entries=changed))


def _key_there(machine: Machine, owner: Value, key: Value, there: bool, state: State) -> None:
    name = _single(key)
    if len(owner) != 1 or not isinstance(owner[0], Ref) or name is ...:
        return
    made = machine.object(owner[0], state)
    if made.kind != "dict":
        return
    entries = dict(made.entries)
    if there:
        entry = entries.get(name)
        if entry is None:
            entries[name] = Entry((Unknown(made.open, made.parameter),))
        else:
            value = tuple(v for v in entry.value if v != Literal(None, "NoneType")) or entry.value
            entries[name] = msgspec.structs.replace(entry, sure=True, value=value)
    else:
        entries.pop(name, None)
    state.learn(owner[0].loc, msgspec.structs.replace(made, entries=entries))


def _imply(machine: Machine, value: Value, state: State) -> None:
    """A list of what is missing is empty: then what it could have named is there."""
    if len(value) != 1 or not isinstance(value[0], Ref):
        return
    for facts in machine.object(value[0], state).implies.values():
        for loc, key in facts:
            _key_there(machine, (Ref(loc),), (Literal(key, type(key).__name__),), True, state)


def _single(value: Value) -> Any:
    return value[0].value if len(value) == 1 and isinstance(value[0], Literal) else ...
