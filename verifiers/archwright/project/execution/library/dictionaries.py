"""Dictionaries: their methods, and what makes them."""

from __future__ import annotations

from functools import reduce
from typing import Any

import msgspec

from archwright.project.execution.arguments import Arguments
from archwright.project.execution.heap import Entry, Object, either, sequence
from archwright.project.execution.items import item, items_of, open_parameter, opened
from archwright.project.execution.library.invocation import Invocation, MethodModel, Model
from archwright.project.execution.operators import merged
from archwright.project.execution.targets import with_item
from archwright.project.execution.values import (
    NONE,
    NOT_TOLD,
    Literal,
    Ref,
    Unknown,
    Value,
    constant,
    literal_of,
    union,
)


def method(one: Invocation, ref: Ref) -> Value:
    """What a method of a dictionary gives."""
    model = _METHODS.get(one.last)
    if model is not None:
        return model(one, ref)
    made = one.object(ref)
    if one.last in ("popitem", "move_to_end"):
        one.put(
            ref, made.holding({k: msgspec.structs.replace(e, sure=False) for k, e in made.entries.items()})
        )
    return one.made((ref,)) if one.machine.policy.terms else NOT_TOLD


def _get(one: Invocation, ref: Ref) -> Value:
    key = one.args.get(0, "key") or NOT_TOLD
    default = one.args.get(1, "default") or NONE
    return _found(one, ref, key, default)


def _found(one: Invocation, ref: Ref, key: Value, default: Value) -> Value:
    made = one.object(ref)
    known = [k.value for k in key if isinstance(k, Literal)]
    there = len(known) == len(key) and all(k in made.entries and made.entries[k].sure for k in known)
    if not there and not made.open and all(k not in made.entries for k in known) and len(known) == len(key):
        return default
    found = item(one.machine, ref, key, one.state, one.frame, raising=False)
    return found if there else union(found, default)


def _pop(one: Invocation, ref: Ref) -> Value:
    value = _get(one, ref)
    key = one.args.get(0, "key")
    made = one.object(ref)
    gone = {k.value for k in key if isinstance(k, Literal)}
    if len(gone) == len(key) == 1:
        kept = {k: e for k, e in made.entries.items() if k not in gone}
    else:
        kept = {k: msgspec.structs.replace(e, sure=False) for k, e in made.entries.items()}
    one.put(ref, made.holding(kept))
    return value


def _set_default(one: Invocation, ref: Ref) -> Value:
    key = one.args.get(0, "key") or NOT_TOLD
    default = one.args.get(1, "default") or NONE
    made = one.object(ref)
    if len(key) != 1 or not isinstance(key[0], Literal):
        one.put(ref, with_item(made, key, default, surely=False))
        return union(made.any_item, default)
    before = made.entries.get(key[0].value)
    value = made.beyond if before is None else before.value
    if before is None or not before.sure:
        value = union(default, value)
    entry = Entry(value, True, before.origin if before is not None else "")
    one.put(ref, made.holding({**made.entries, key[0].value: entry}))
    return value


def _update(one: Invocation, ref: Ref) -> Value:
    parts: list[Value] = [(ref,)]
    if one.args.positional:
        parts.append(_as_dictionary(one, one.first()))
    given = _keywords(one)
    if given is not None:
        parts.append(one.new(given))
    objects = [one.object(part) for part in merged(one.machine, parts, one.state) if isinstance(part, Ref)]
    if objects:
        before = one.object(ref)
        whole = reduce(either, objects)
        one.put(ref, msgspec.structs.replace(whole, cls=before.cls, sources=whole.sources - {ref.loc}))
    return NONE


def _keywords(one: Invocation) -> Object | None:
    """The keywords of a call as a dictionary; None when there are none."""
    args = one.args
    if not args.keywords and not args.rest:
        return None
    return Object("dict", dict(args.keywords), args.more_keywords, args.parameter, rest=args.rest)


def _copy(one: Invocation, ref: Ref) -> Value:
    return merged(one.machine, [(ref,)], one.state)


def _keys(one: Invocation, ref: Ref) -> Value:
    made = one.object(ref)
    entries = {i: Entry(constant(k), e.sure) for i, (k, e) in enumerate(made.entries.items())}
    rest: Value = (Unknown(made.open, made.parameter),) if made.open else ()
    return one.new(Object("set", entries, made.open, made.parameter, rest=rest))


def _values(one: Invocation, ref: Ref) -> Value:
    made = one.object(ref)
    entries = {i: Entry(one.machine.look(e), e.sure) for i, e in enumerate(made.entries.values())}
    return one.new(Object("list", entries, made.open, made.parameter, rest=made.rest))


def _items(one: Invocation, ref: Ref) -> Value:
    made = one.object(ref)
    rows = {
        i: Entry(one.new(sequence("tuple", [constant(k), one.machine.look(e)])), e.sure)
        for i, (k, e) in enumerate(made.entries.items())
    }
    rest: Value = ()
    if made.open:
        rest = one.new(sequence("tuple", [(Unknown(made.open, made.parameter),), made.beyond]))
    return one.new(Object("list", rows, made.open, made.parameter, rest=rest))


def _clear(one: Invocation, ref: Ref) -> Value:
    made = one.object(ref)
    one.put(ref, Object("dict", cls=made.cls))
    return NONE


def _get_item(one: Invocation, ref: Ref) -> Value:
    return item(one.machine, ref, one.first(), one.state, one.frame, raising=True)


_METHODS: dict[str, MethodModel] = {
    "get": _get,
    "pop": _pop,
    "setdefault": _set_default,
    "update": _update,
    "copy": _copy,
    "keys": _keys,
    "values": _values,
    "items": _items,
    "clear": _clear,
    "__getitem__": _get_item,
}


# --- what makes dictionaries ------------------------------------------------------------------------------------


def _dict(one: Invocation) -> Value:
    parts = [_as_dictionary(one, value) for value in one.args.positional[:1]]
    given = _keywords(one)
    if given is not None:
        parts.append(one.new(given))
    return merged(one.machine, parts, one.state) if parts else one.new(Object("dict"))


def _as_dictionary(one: Invocation, value: Value) -> Value:
    """A mapping, or the dictionary that pairs make."""
    single = value[0] if len(value) == 1 else None
    if isinstance(single, Ref) and one.object(single).kind not in ("dict", "instance"):
        return _from_pairs(one, value)
    return value


def _from_pairs(one: Invocation, value: Value) -> Value:
    pairs = one.items(value)
    made = Object("dict")
    for pair in pairs.items:
        row = one.items(pair.value).known
        if row is not None and len(row) == 2 and literal_of(row[0]) is not ...:
            made = made.holding({**made.entries, literal_of(row[0]): Entry(row[1], pair.sure)})
        else:
            made = opened(made, "a key that cannot be told")
    if pairs.rest:
        row = one.items(pairs.rest).known
        rest = row[1] if row is not None and len(row) == 2 else ()
        made = opened(made, "pairs that cannot be told", rest)
    return one.new(made)


def _default_dict(one: Invocation) -> Value:
    """A dictionary that makes what is missing: one value stands for all that it makes."""
    rest: Value = ()
    if one.machine.policy.terms and one.first():
        rest = one.call(one.first(), Arguments())
    made = one.new(Object("dict", {}, "a key with the default", rest=rest))
    return merged(one.machine, [made, one.args.get(1)], one.state) if one.args.get(1) else made


def _from_keys(one: Invocation) -> Value | None:
    if not one.args.positional:
        return None
    items = items_of(one.machine, one.first(), one.state)
    value = one.args.get(1) or NONE
    if items is None:
        parameter = open_parameter(one.machine, one.first(), one.state)
        return one.new(Object("dict", {}, "keys that cannot be told", parameter, rest=value))
    entries: dict[Any, Entry] = {}
    why = ""
    for key in items:
        if literal_of(key.value) is not ...:
            entries[literal_of(key.value)] = Entry(value, key.sure)
        else:
            why = "a key that cannot be told"
    return one.new(Object("dict", entries, why))


def _frozen(one: Invocation) -> Value | None:
    return one.first() if one.machine.policy.terms else _dict(one)


def copied(one: Invocation) -> Value:
    """``copy.copy`` and ``copy.deepcopy``."""
    return union(
        *(one.new(one.object(value)) if isinstance(value, Ref) else (value,) for value in one.first())
    )


MODELS: dict[str, Model] = {
    "builtins.dict": _dict,
    "collections.OrderedDict": _dict,
    "collections.defaultdict": _default_dict,
    "builtins.dict.fromkeys": _from_keys,
    "types.MappingProxyType": _frozen,
    "copy.copy": copied,
    "copy.deepcopy": copied,
}
