"""Lists, tuples, sets and generators: their methods, and what makes them."""

from __future__ import annotations

import msgspec

from archwright.facts import ir
from archwright.project.execution.arguments import Arguments
from archwright.project.execution.heap import FURTHER, Entry, Object, sequence
from archwright.project.execution.items import Item, Items, extended, item, items_of, open_parameter, opened
from archwright.project.execution.library.invocation import Invocation, MethodModel, Model
from archwright.project.execution.values import (
    GROUPED,
    NONE,
    NOT_TOLD,
    Made,
    Ref,
    Unknown,
    Value,
    constant,
    is_none,
    texts,
    union,
)

_ADDING = frozenset(
    {
        "extendleft",
        "symmetric_difference_update",
        "intersection_update",
        "difference_update",
    }
)
_TAKING = frozenset({"pop", "popleft"})
_REARRANGING = _ADDING | _TAKING | {"insert", "remove", "discard", "sort", "reverse", "rotate"}


def method(one: Invocation, ref: Ref) -> Value:
    """What a method of a sequence gives."""
    model = _METHODS.get(one.last)
    if model is not None:
        return model(one, ref)
    made = one.object(ref)
    if one.last in _REARRANGING:
        # Something goes, something comes, or the order is another one: any item may be anywhere, or nowhere.
        entries = {k: msgspec.structs.replace(e, sure=False) for k, e in made.entries.items()}
        order = _sorted_by(one, made.any_item, made.order_of) if one.last == "sort" else made.order_of
        after = msgspec.structs.replace(made, entries=entries, order_of=order)
        if one.last in _ADDING:
            after = opened(after, FURTHER, one.items(one.first()).element if one.first() else ())
        elif one.last == "insert":
            after = opened(after, FURTHER, one.args.get(1))
        one.put(ref, after)
        if one.last in _TAKING and one.machine.policy.terms:
            return made.any_item or (Unknown("an element"),)
        return NONE if one.last not in _TAKING and one.machine.policy.terms else NOT_TOLD
    return one.made((ref,)) if one.machine.policy.terms else NOT_TOLD


def _append(one: Invocation, ref: Ref) -> Value:
    loops = one.machine.loops
    if one.args.positional:
        order = _of_group(one, union(*loops)) if loops else ()
        one.put(ref, extended(one.object(ref), Items((Item(one.first()),), (), order)))
    return NONE


def _of_group(one: Invocation, order: Value) -> Value:
    """What gives a list its items in order, if it is the list of a group: ``groups[row.kind].append(row)``."""
    held = one.expr.func.value if isinstance(one.expr.func, ir.Attr) else None
    if isinstance(held, ir.Call) and isinstance(held.func, ir.Attr) and held.func.name == "setdefault":
        key = held.args[0].value if held.args else None
    else:
        key = held.index[0] if isinstance(held, ir.Subscript) and len(held.index) == 1 else None
    if key is None or not order or not one.machine.policy.terms:
        return order
    by = one.machine.evaluate(key, one.state, one.frame)
    return (Made(GROUPED, order, Arguments([by]), True, one.frame.function[0], one.expr.at),)


def _extend(one: Invocation, ref: Ref) -> Value:
    made = one.object(ref)
    for value in one.args.positional:
        known = items_of(one.machine, value, one.state)
        made = extended(made, one.items(value) if known is None else Items(tuple(known)))
    one.put(ref, made)
    return NONE


def _clear(one: Invocation, ref: Ref) -> Value:
    one.put(ref, Object(one.object(ref).kind))
    return NONE


def _copy(one: Invocation, ref: Ref) -> Value:
    return one.new(one.object(ref)) if one.machine.policy.terms else NOT_TOLD


def _union(one: Invocation, ref: Ref) -> Value:
    if not one.machine.policy.terms:
        return NOT_TOLD
    made = one.object(ref)
    for value in one.args.positional:
        made = extended(made, one.items(value))
    return one.new(made)


def _get_item(one: Invocation, ref: Ref) -> Value:
    return item(one.machine, ref, one.first(), one.state, one.frame, raising=False)


_METHODS: dict[str, MethodModel] = {
    "append": _append,
    "appendleft": _append,
    "add": _append,
    "extend": _extend,
    "update": _extend,
    "clear": _clear,
    "copy": _copy,
    "__iter__": _copy,
    "__aiter__": _copy,
    "union": _union,
    "__getitem__": _get_item,
}


# --- what makes sequences ---------------------------------------------------------------------------------------


def _listed(one: Invocation) -> Value:
    kind = {"frozenset": "set", "deque": "list"}.get(one.last, one.last)
    if not one.args.positional:
        return one.new(Object(kind))
    if one.machine.policy.terms:
        return _in_terms(one, kind)
    items = items_of(one.machine, one.first(), one.state)
    if items is None:
        return _untold(one, kind)
    kept: list[Item] = []
    for one_item in items:
        told = Item(one_item.value, one_item.sure)
        if kind != "set" or told not in kept:
            kept.append(told)
    return _made(one, kind, kept)


def _in_terms(one: Invocation, kind: str) -> Value:
    items = one.items(one.first())
    if kind == "set" and items.known is None:
        return one.new(sequence("set", (), items.element or NOT_TOLD))
    order: Value = () if kind == "set" else items.order_of
    return one.new(extended(Object(kind), Items(items.items, items.rest, order)))


def _sorted(one: Invocation) -> Value:
    if not one.args.positional:
        return one.new(Object("list"))
    items = items_of(one.machine, one.first(), one.state)
    left: Value = ()
    if one.machine.policy.terms:
        gone_through = one.items(one.first())
        left = _sorted_by(one, gone_through.element, gone_through.order_of)
    if items is None:
        if one.machine.policy.terms:
            return one.new(sequence("list", (), gone_through.element or NOT_TOLD, left))
        return _untold(one, "list")
    known = [texts(i.value) for i in items]
    if not one.args.keywords and not any(t is None or len(t) != 1 for t in known):
        order = sorted(range(len(items)), key=lambda i: (known[i] or [""])[0])
        items = [items[i] for i in order]
    elif one.machine.policy.terms:
        return one.new(sequence("list", (), union(*(i.value for i in items)), left))
    return _made(one, "list", items)


def _sorted_by(one: Invocation, element: Value, order: Value) -> Value:
    """What is left of an order after sorting by a key: where the key is the same, things stay as they were."""
    key = one.args.keywords.get("key")
    if key is None or all(map(is_none, key.value)) or not one.machine.policy.terms:
        return ()
    # What is sorted by is called with the items.
    by = one.call(key.value, Arguments([element]))
    return (Made(GROUPED, order, Arguments([by]), True, one.frame.function[0], one.expr.at),) if order else ()


def _reversed(one: Invocation) -> Value:
    items = items_of(one.machine, one.first(), one.state)
    if items is None:
        return _in_terms(one, "list") if one.machine.policy.terms else _untold(one, "list")
    return _made(one, "list", items[::-1])


def _made(one: Invocation, kind: str, items: list[Item]) -> Value:
    return one.new(Object(kind, {i: Entry(item.value, item.sure) for i, item in enumerate(items)}))


def _untold(one: Invocation, kind: str) -> Value:
    return one.new(Object(kind, {}, FURTHER, open_parameter(one.machine, one.first(), one.state)))


def _enumerate(one: Invocation) -> Value:
    items = one.items(one.first()) if one.first() else Items(())
    start = one.args.get(1, "start") or constant(0)
    first = getattr(start[0], "value", None) if len(start) == 1 else None
    if items.rest or not isinstance(first, int):
        pair = one.new(sequence("tuple", [(Unknown("a number", "", "builtins.int"),), items.element]))
        return one.new(sequence("list", (), pair, items.order_of))
    numbered = all(i.sure for i in items.items)
    rows = {
        i: Entry(
            one.new(sequence("tuple", [constant(first + i) if numbered else NOT_TOLD, row.value])), row.sure
        )
        for i, row in enumerate(items.items)
    }
    return one.new(Object("list", rows))


def _zip(one: Invocation) -> Value:
    columns = [one.items(value) for value in one.args.positional]
    known = [column.known for column in columns]
    if columns and not any(column is None for column in known):
        rows = zip(*(column for column in known if column is not None), strict=False)
        return one.new(sequence("list", [one.new(sequence("tuple", row)) for row in rows]))
    if not one.machine.policy.terms:
        return NOT_TOLD
    pair = one.new(sequence("tuple", [column.element for column in columns]))
    return one.new(sequence("list", (), pair, union(*(column.order_of for column in columns))))


MODELS: dict[str, Model] = {
    **dict.fromkeys(
        ("builtins.list", "builtins.tuple", "builtins.set", "builtins.frozenset", "collections.deque"),
        _listed,
    ),
    "builtins.sorted": _sorted,
    "builtins.reversed": _reversed,
    "builtins.enumerate": _enumerate,
    "builtins.zip": _zip,
}
