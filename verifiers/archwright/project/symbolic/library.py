"""What calls of other packages give, where keys, texts and items go through them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from archwright.facts import ir
from archwright.project.symbolic.binding import Arguments
from archwright.project.symbolic.expressions import (
    combined,
    item,
    items_of,
    join_texts,
    merged,
    open_parameter,
    open_up,
    sequence,
)
from archwright.project.symbolic.state import State
from archwright.project.symbolic.values import (
    NONE,
    NOT_TOLD,
    Class,
    Entry,
    External,
    Function,
    LambdaFunction,
    Literal,
    Object,
    Partial,
    Ref,
    Typed,
    Unknown,
    Value,
    constant,
    texts,
    union,
)

if TYPE_CHECKING:
    from archwright.project.symbolic.machine import Machine

_COPIES = frozenset({"copy.copy", "copy.deepcopy", "types.MappingProxyType", "typing.cast", "builtins.dict",
                     "collections.OrderedDict", "builtins.list", "builtins.tuple", "builtins.set",
                     "builtins.frozenset", "builtins.sorted", "builtins.reversed", "collections.defaultdict"})  # fmt: skip
_HARMLESS = frozenset({"len", "set", "sorted", "list", "tuple", "frozenset", "dict", "isinstance", "repr", "bool",
                       "any", "all", "type", "print", "id", "iter", "reversed", "enumerate", "zip", "str"})  # fmt: skip
"""Builtins whose use of a dictionary is no use of what is in it."""
_TEXT_METHODS = frozenset(
    {"lower", "upper", "strip", "title", "capitalize", "removeprefix", "removesuffix", "replace"}
)
_MAKES_TEXT = _TEXT_METHODS | {"join", "format", "format_map", "casefold", "swapcase", "lstrip", "rstrip", "zfill",
                               "center", "ljust", "rjust", "expandtabs", "translate"}  # fmt: skip
_MAX_TEXT = 64
_AS_DICT = frozenset(
    {"dataclasses.asdict", "msgspec.structs.asdict", "attr.asdict", "attrs.asdict", "builtins.vars"}
)

_REPLACES = frozenset(
    {"dataclasses.replace", "msgspec.structs.replace", "copy.replace", "attr.evolve", "attrs.evolve"}
)


def call_outside(
    machine: Machine, callee: External, args: Arguments, call: ir.Call, module: str, state: State
) -> Value:
    """What calling something outside gives."""
    name, last = callee.name, callee.name.rpartition(".")[2]
    receiver = callee.of
    if isinstance(receiver, Ref) and name.startswith("builtins."):
        return _method(machine, receiver, last, args, state)
    if isinstance(receiver, Literal):
        return _text_method(machine, receiver, last, args, state)
    if name.startswith("pydantic.BaseModel.") and receiver is not None:
        return _model_dump(machine, receiver, last, args, state)
    if name == "re.compile" and args.positional:
        pattern = {"pattern": Entry(args.positional[0])}
        return (machine.new(Object("instance", pattern, "", "", "re.Pattern", (module, call.at)), state),)
    if name.startswith("re.Pattern.") and isinstance(receiver, Ref):
        return _matched(machine.object(receiver, state), last, args)
    if name in _COPIES:
        return _copied(machine, name, args, state)
    if name in _AS_DICT and args.positional:
        return union(_as_dict(machine, one, state) for one in args.positional[0])
    if name in _REPLACES and args.positional:
        return union(_replaced(machine, one, args, state) for one in args.positional[0])
    if name == "builtins.dict.fromkeys" and args.positional:
        return _from_keys(machine, args, state)
    if name in ("functools.partial", "functools.partialmethod") and args.positional:
        return _partial(args)
    handler = _BUILTINS.get(name)
    if handler is not None:
        return handler(machine, args, state)
    if not (name.startswith("builtins.") and last in _HARMLESS) and not name.startswith(
        ("inspect.", "logging.")
    ):
        for value in (*args.positional, *(e.value for e in args.keywords.values())):
            machine.look_into(value, state)
        for entry in args.keywords.values():
            machine.look(entry)
    if machine.tracked(name):
        made = Object("instance", {}, "its other attributes", "", name, (module, call.at))
        entries: dict[Any, Entry] = dict(enumerate(map(Entry, args.positional)))
        entries.update(args.keywords)
        return (machine.new(msgspec.structs.replace(made, entries=entries), state),)
    if isinstance(receiver, Unknown) and receiver.parameter:
        return (Unknown(receiver.reason, receiver.parameter),)
    if name in ("builtins.str", "builtins.repr") and args.positional:
        is_same = name == "builtins.str" and len(args.positional) == 1 and texts(args.positional[0])
        return args.positional[0] if is_same else (Unknown(type="builtins.str"),)
    return (Unknown("", "", name),)


# --- methods of dictionaries and sequences ----------------------------------------------------------------------


def _method(machine: Machine, ref: Ref, name: str, args: Arguments, state: State) -> Value:
    made = machine.object(ref, state)
    handler = (_DICT_METHODS if made.kind == "dict" else _LIST_METHODS).get(name)
    if handler is not None:
        return handler(machine, ref, args, state)
    if name in _REARRANGING:
        # Something goes, something comes, or the order is another one: any item may be anywhere, or nowhere.
        entries = {k: msgspec.structs.replace(e, sure=False) for k, e in made.entries.items()}
        comes = "items that cannot be told" if name in _ADDING else ""
        state.heap[ref.loc] = msgspec.structs.replace(made, entries=entries, open=made.open or comes)
    return NOT_TOLD


def _get(machine: Machine, ref: Ref, args: Arguments, state: State) -> Value:
    key = args.positional[0] if args.positional else NOT_TOLD
    default = args.at(1, "default") or NONE
    made = machine.object(ref, state)
    known = [k.value for k in key if isinstance(k, Literal)]
    there = len(known) == len(key) and all(k in made.entries and made.entries[k].sure for k in known)
    found = item(machine, ref, key, state, raising=False)
    return found if there else union([found, default])


def _pop(machine: Machine, ref: Ref, args: Arguments, state: State) -> Value:
    value = _get(machine, ref, args, state)
    key = args.positional[0] if args.positional else ()
    made = machine.object(ref, state)
    gone = {k.value for k in key if isinstance(k, Literal)}
    if len(gone) == len(key) == 1:
        kept = {k: e for k, e in made.entries.items() if k not in gone}
    else:
        kept = {k: msgspec.structs.replace(e, sure=False) for k, e in made.entries.items()}
    state.heap[ref.loc] = msgspec.structs.replace(made, entries=kept)
    return value


def _set_default(machine: Machine, ref: Ref, args: Arguments, state: State) -> Value:
    key = args.positional[0] if args.positional else NOT_TOLD
    default = args.at(1, "default") or NONE
    made = machine.object(ref, state)
    if len(key) == 1 and isinstance(key[0], Literal):
        before = made.entries.get(key[0].value)
        value = default if before is None else before.value if before.sure else union([before.value, default])
        if before is None and made.open:
            value = union([value, (Unknown(made.open, made.parameter),)])
        entry = Entry(value, True, before.origin if before is not None else "")
        state.heap[ref.loc] = msgspec.structs.replace(made, entries={**made.entries, key[0].value: entry})
        return value
    open_up(machine, (ref,), "a key that cannot be told", "", state)
    return NOT_TOLD


def _update(machine: Machine, ref: Ref, args: Arguments, state: State) -> Value:
    parts: list[Value] = [(ref,)]
    if args.positional:
        pairs = Arguments(args.positional[:1], {})
        parts.append(_copied(machine, "builtins.dict", pairs, state))
    if args.keywords or args.more_keywords:
        given = Object("dict", dict(args.keywords), args.more_keywords, args.parameter)
        parts.append((machine.new(given, state),))
    results = merged(machine, parts, state)
    objects = [machine.object(one, state) for one in results if isinstance(one, Ref)]
    if objects:
        from archwright.project.symbolic.state import either

        whole = objects[0]
        for other in objects[1:]:
            whole = either(whole, other)
        before = machine.object(ref, state)
        state.heap[ref.loc] = msgspec.structs.replace(
            whole, cls=before.cls, sources=whole.sources - {ref.loc}
        )
    return NONE


def _dict_copy(machine: Machine, ref: Ref, args: Arguments, state: State) -> Value:
    return merged(machine, [(ref,)], state)


def _keys(machine: Machine, ref: Ref, args: Arguments, state: State) -> Value:
    made = machine.object(ref, state)
    entries = {i: Entry(constant(k), e.sure) for i, (k, e) in enumerate(made.entries.items())}
    return (machine.new(Object("set", entries, made.open, made.parameter), state),)


def _values(machine: Machine, ref: Ref, args: Arguments, state: State) -> Value:
    made = machine.object(ref, state)
    entries = {i: Entry(machine.look(e), e.sure) for i, e in enumerate(made.entries.values())}
    return (machine.new(Object("list", entries, made.open, made.parameter), state),)


def _items(machine: Machine, ref: Ref, args: Arguments, state: State) -> Value:
    made = machine.object(ref, state)
    rows = {
        i: Entry((machine.new(sequence("tuple", [constant(k), machine.look(e)]), state),), e.sure)
        for i, (k, e) in enumerate(made.entries.items())
    }
    return (machine.new(Object("list", rows, made.open, made.parameter), state),)


def _append(machine: Machine, ref: Ref, args: Arguments, state: State) -> Value:
    made = machine.object(ref, state)
    if args.positional:
        entries = {**made.entries, len(made.entries): Entry(args.positional[0])}
        state.heap[ref.loc] = msgspec.structs.replace(made, entries=entries)
    return NONE


def _extend(machine: Machine, ref: Ref, args: Arguments, state: State) -> Value:
    given = args.positional[0] if args.positional else NOT_TOLD
    made = machine.object(ref, state)
    result = combined(machine, "+", (ref,), given, state)
    if made.kind == "list" and len(args.positional) == 1 and len(result) == 1 and isinstance(result[0], Ref):
        state.heap[ref.loc] = machine.object(result[0], state)
    else:
        open_up(machine, (ref,), "items that cannot be told", "", state)
    return NONE


def _clear(machine: Machine, ref: Ref, args: Arguments, state: State) -> Value:
    state.heap[ref.loc] = msgspec.structs.replace(
        machine.object(ref, state), entries={}, open="", parameter=""
    )
    return NONE


_Method = Callable[[Any, Ref, Arguments, State], Value]
_DICT_METHODS: dict[str, _Method] = {
    "get": _get, "pop": _pop, "setdefault": _set_default, "update": _update, "copy": _dict_copy,
    "keys": _keys, "values": _values, "items": _items, "clear": _clear,
}  # fmt: skip
_ADDING = frozenset(
    {
        "insert",
        "appendleft",
        "extendleft",
        "symmetric_difference_update",
        "intersection_update",
        "difference_update",
    }
)
_REARRANGING = _ADDING | {"pop", "popitem", "popleft", "remove", "discard", "sort", "reverse", "rotate"}
_LIST_METHODS: dict[str, _Method] = {
    "append": _append,
    "add": _append,
    "extend": _extend,
    "update": _extend,
    "clear": _clear,
}


# --- texts ------------------------------------------------------------------------------------------------------


def _text_method(machine: Machine, receiver: Literal, name: str, args: Arguments, state: State) -> Value:
    if not isinstance(receiver.value, str):
        return NOT_TOLD
    if name == "join" and args.positional:
        items = items_of(machine, args.positional[0], state)
        if items is not None and all(sure for _, sure, _ in items):
            return join_texts([v for v, _, _ in items], receiver.value)
    given = [texts(v) for v in args.positional]
    words = [g[0] for g in given if g is not None and len(g) == 1]
    if name in _TEXT_METHODS and len(words) == len(given):
        try:
            return constant(getattr(receiver.value, name)(*words))
        except TypeError:
            return NOT_TOLD
    if name == "format" and receiver.value.count("{") == receiver.value.count("{}") == len(args.positional):
        parts: list[Value] = [constant(receiver.value.split("{}")[0])]
        for value, piece in zip(args.positional, receiver.value.split("{}")[1:], strict=True):
            parts += [value, constant(piece)]
        return join_texts(parts)
    return (Unknown("a text that cannot be told", type="builtins.str"),) if name in _MAKES_TEXT else NOT_TOLD


def _matched(pattern: Object, name: str, args: Arguments) -> Value:
    """What matching a constant text against a constant pattern gives: something, or None."""
    entry = pattern.entries.get("pattern")
    regex = texts(entry.value) if entry is not None else None
    text = texts(args.positional[0]) if len(args.positional) == 1 else None
    if name not in ("fullmatch", "match", "search") or not regex or not text or len(text[0]) > _MAX_TEXT:
        return NOT_TOLD
    try:
        found = getattr(re.compile(regex[0]), name)(text[0])
    except (re.error, RecursionError, OverflowError):
        return NOT_TOLD
    return NONE if found is None else constant(True)


# --- copies and models ------------------------------------------------------------------------------------------


def _copied(machine: Machine, name: str, args: Arguments, state: State) -> Value:
    last = name.rpartition(".")[2]
    if name == "typing.cast":
        return args.positional[1] if len(args.positional) > 1 else NOT_TOLD
    if last == "defaultdict":
        return (machine.new(Object("dict", {}, "a key with the default"), state),)
    if last in ("dict", "OrderedDict", "MappingProxyType"):
        parts = args.positional[:1]
        if args.keywords or args.more_keywords:
            given = Object("dict", dict(args.keywords), args.more_keywords, args.parameter)
            parts.append((machine.new(given, state),))
        pairs = items_of(machine, parts[0], state) if parts else None
        single = parts[0][0] if parts and len(parts[0]) == 1 else None
        if isinstance(single, Ref) and machine.object(single, state).kind != "dict":
            return _from_pairs(machine, pairs, state)
        return merged(machine, parts, state) if parts else (machine.new(Object("dict", {}), state),)
    if not args.positional:
        return (machine.new(Object({"deepcopy": "dict", "copy": "dict"}.get(last, "list"), {}), state),)
    if last in ("copy", "deepcopy"):
        return union(
            (machine.new(machine.object(one, state), state),) if isinstance(one, Ref) else (one,)
            for one in args.positional[0]
        )
    kind = {"sorted": "list", "reversed": "list", "frozenset": "set"}.get(last, last)
    items = items_of(machine, args.positional[0], state)
    if items is None:
        parameter = open_parameter(machine, args.positional[0], state)
        return (machine.new(Object(kind, {}, "items that cannot be told", parameter), state),)
    values: list[tuple[Value, bool]] = []
    for value, sure, _ in items:
        if kind != "set" or (value, sure) not in values:
            values.append((value, sure))
    if last == "reversed":
        values.reverse()
    elif last == "sorted":
        values = _in_order(values, args)
    entries = {i: Entry(v, s) for i, (v, s) in enumerate(values)}
    return (machine.new(Object(kind, entries), state),)


def _in_order(values: list[tuple[Value, bool]], args: Arguments) -> list[tuple[Value, bool]]:
    """Sorted texts; other items as they stand: who sorts them hardly asks which one is where."""
    known = [texts(v) for v, _ in values]
    if args.keywords or any(t is None or len(t) != 1 for t in known):
        return values
    order = sorted(range(len(values)), key=lambda i: (known[i] or [""])[0])
    return [values[i] for i in order]


def _from_pairs(machine: Machine, pairs: Any, state: State) -> Value:
    entries: dict[Any, Entry] = {}
    why = "" if pairs is not None else "pairs that cannot be told"
    for value, sure, _ in pairs or ():
        row = items_of(machine, value, state)
        if row is not None and len(row) == 2 and len(row[0][0]) == 1 and isinstance(row[0][0][0], Literal):
            entries[row[0][0][0].value] = Entry(row[1][0], sure)
        else:
            why = "a key that cannot be told"
    return (machine.new(Object("dict", entries, why), state),)


def _from_keys(machine: Machine, args: Arguments, state: State) -> Value:
    items = items_of(machine, args.positional[0], state)
    value = args.positional[1] if len(args.positional) > 1 else NONE
    if items is None:
        parameter = open_parameter(machine, args.positional[0], state)
        return (machine.new(Object("dict", {}, "keys that cannot be told", parameter), state),)
    entries: dict[Any, Entry] = {}
    why = ""
    for key, sure, _ in items:
        if len(key) == 1 and isinstance(key[0], Literal):
            entries[key[0].value] = Entry(value, sure)
        else:
            why = "a key that cannot be told"
    return (machine.new(Object("dict", entries, why), state),)


def _as_dict(machine: Machine, one: Any, state: State) -> Value:
    """``asdict(x)`` and ``vars(x)``."""
    if isinstance(one, Ref):
        made = machine.object(one, state)
        entries = {k: msgspec.structs.replace(e) for k, e in made.entries.items()}
        return (machine.new(Object("dict", entries, made.open, made.parameter), state),)
    data = machine.data.of(one.qualified) if isinstance(one, Typed) else None
    if data is None:
        return (Unknown("the fields of something", getattr(one, "parameter", "")),)
    entries = {
        f.name: Entry(machine.attributes.of_annotation(f.annotation, f.owner, f"`{f.name}`"), at=f.at)
        for f in data.fields
    }
    return (machine.new(Object("dict", entries, "extra fields" if data.extra else ""), state),)


def _replaced(machine: Machine, one: Any, args: Arguments, state: State) -> Value:
    """``replace(x, **changes)``."""
    if not isinstance(one, Ref):
        return (one,)
    made = machine.object(one, state)
    entries = {**made.entries, **args.keywords}
    open_ = made.open or args.more_keywords
    return (machine.new(msgspec.structs.replace(made, entries=entries, open=open_), state),)


def _model_dump(machine: Machine, one: Any, name: str, args: Arguments, state: State) -> Value:
    if name in ("model_copy", "copy"):
        return (one,)
    if not isinstance(one, Ref | Typed):
        return NOT_TOLD
    cls = machine.object(one, state).cls if isinstance(one, Ref) else one.qualified
    data = machine.data.of(cls)
    (source,) = _as_dict(machine, one, state)
    if data is None or not isinstance(source, Ref):
        return NOT_TOLD
    made = machine.object(source, state)
    entries = dict(made.entries)
    by_alias = _flag(args, "by_alias")
    for field in data.fields:
        entry = entries.get(field.name)
        if entry is None:
            continue
        may_go = (
            (_flag(args, "exclude_none") and machine.data.admits_none(field.annotation, field.owner))
            or (_flag(args, "exclude_unset") and not field.required)
            or (_flag(args, "exclude_defaults") and not field.required)
        )
        if may_go:
            entries[field.name] = msgspec.structs.replace(entry, sure=False)
        if by_alias and field.alias:
            entries[field.alias] = entries.pop(field.name)
    why = made.open
    for option, keeps in (("include", True), ("exclude", False)):
        if option in args.keywords:
            chosen = items_of(machine, args.keywords[option].value, state)
            if chosen is None or not all(len(v) == 1 and isinstance(v[0], Literal) for v, _, _ in chosen):
                entries = {k: msgspec.structs.replace(e, sure=False) for k, e in entries.items()}
                continue
            names = {v[0].value for v, _, _ in chosen if isinstance(v[0], Literal)}
            entries = {k: e for k, e in entries.items() if (k in names) == keeps}
    return (machine.new(Object("dict", entries, why), state),)


def _flag(args: Arguments, name: str) -> bool:
    given = args.keywords.get(name)
    return given is not None and given.value != constant(False)


def _partial(args: Arguments) -> Value:
    keywords = tuple((k, e.value) for k, e in args.keywords.items())
    found: list[Any] = [
        Partial(one, tuple(args.positional[1:]), keywords)
        for one in args.positional[0]
        if isinstance(one, Function | LambdaFunction | Class | Partial | External)
    ]
    return tuple(found) or NOT_TOLD


# --- builtins ---------------------------------------------------------------------------------------------------


def _enumerate(machine: Machine, args: Arguments, state: State) -> Value:
    items = items_of(machine, args.positional[0], state) if args.positional else None
    start = args.at(1, "start")
    first = (
        0 if start is None else start[0].value if len(start) == 1 and isinstance(start[0], Literal) else None
    )
    if items is None:
        return NOT_TOLD
    numbered = isinstance(first, int) and all(sure for _, sure, _ in items)
    rows = {
        i: Entry(
            (
                machine.new(
                    sequence(
                        "tuple", [constant(first + i) if numbered and first is not None else NOT_TOLD, v]
                    ),
                    state,
                ),
            ),
            s,
        )
        for i, (v, s, _) in enumerate(items)
    }
    return (machine.new(Object("list", rows), state),)


def _zip(machine: Machine, args: Arguments, state: State) -> Value:
    columns = [items_of(machine, value, state) for value in args.positional]
    if not columns or any(c is None or not all(s for _, s, _ in c) for c in columns):
        return NOT_TOLD
    rows = zip(*([v for v, _, _ in c] for c in columns if c is not None), strict=False)
    made = [(machine.new(sequence("tuple", list(row)), state),) for row in rows]
    return (machine.new(sequence("list", [(*m,) for m in made]), state),)


def _getattr(machine: Machine, args: Arguments, state: State) -> Value:
    from archwright.project.symbolic.ends import Frame

    names = texts(args.positional[1]) if len(args.positional) > 1 else None
    if names is None:
        return (Unknown("`getattr` with a name that cannot be told"),)
    root = Frame(None)
    return union(machine.attributes.of(args.positional[0], name, state, root) for name in names)


def _length(machine: Machine, args: Arguments, state: State) -> Value:
    items = items_of(machine, args.positional[0], state) if args.positional else None
    if items is None or not all(sure for _, sure, _ in items):
        return (Unknown(type="builtins.int"),)
    return constant(len(items))


def _some(wanted: bool) -> Callable[[Any, Arguments, State], Value]:
    from archwright.project.symbolic.conditions import value_truth

    def decide(machine: Machine, args: Arguments, state: State) -> Value:
        items = items_of(machine, args.positional[0], state) if args.positional else None
        if items is None:
            return (Unknown(type="builtins.bool"),)
        answers = [(value_truth(machine, v, state), sure) for v, sure, _ in items]
        if (wanted, True) in answers:
            return constant(wanted)
        return (
            constant(not wanted)
            if all(a is (not wanted) for a, _ in answers)
            else (Unknown(type="builtins.bool"),)
        )

    return decide


_BUILTINS: dict[str, Callable[[Any, Arguments, State], Value]] = {
    "builtins.enumerate": _enumerate,
    "builtins.zip": _zip,
    "builtins.getattr": _getattr,
    "builtins.len": _length,
    "builtins.any": _some(True),
    "builtins.all": _some(False),
}
