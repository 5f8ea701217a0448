"""Expressions under symbolic execution."""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from itertools import islice, product
from math import prod
from typing import TYPE_CHECKING, Any

import msgspec

from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.project.symbolic.conditions import assume, compare, is_condition, remember, test, truth
from archwright.project.symbolic.ends import Frame, PathEndsError
from archwright.project.symbolic.state import State, either
from archwright.project.symbolic.values import (
    MAX_ALTERNATIVES,
    NONE,
    NOT_TOLD,
    Entry,
    Literal,
    Object,
    Ref,
    Unknown,
    Value,
    constant,
    parameters_of,
    union,
)

if TYPE_CHECKING:
    from archwright.project.symbolic.machine import Machine

_MAX_ITEMS = 64
YIELDED = "yield"
"""The name under which a body keeps what it has yielded; no name of Python's can be that."""
Item = tuple[Value, bool, tuple[tuple[int, Any], ...]]
"""A value of a sequence, whether it is surely there, and the keys of objects that are there if it is not."""


def evaluate(machine: Machine, expr: ir.Expr | None, state: State, frame: Frame) -> Value:
    """The value of *expr*; what it changes is changed in *state*."""
    if expr is None:
        return NONE
    handler = _HANDLERS.get(type(expr))
    return NOT_TOLD if handler is None else handler(machine, expr, state, frame)


def items_of(machine: Machine, value: Value, state: State) -> list[Item] | None:
    """What iterating over *value* gives, in order; None when that cannot be told."""
    if len(value) != 1 or not isinstance(value[0], Ref):
        return None
    made = machine.object(value[0], state)
    if made.open or made.kind == "instance" or len(made.entries) > _MAX_ITEMS:
        return None
    if made.kind == "dict":
        return [(constant(key), entry.sure, ()) for key, entry in made.entries.items()]
    return [(machine.look(e), e.sure, tuple(made.implies.get(k, ()))) for k, e in made.entries.items()]


def open_parameter(machine: Machine, value: Value, state: State) -> str:
    """The parameter whose callers may know what *value* contains."""
    for one in value:
        if isinstance(one, Ref) and machine.object(one, state).parameter:
            return machine.object(one, state).parameter
    return next(iter(sorted(parameters_of(value))), "")


def sequence(kind: str, values: list[Value]) -> Object:
    """A list, tuple or set of known items."""
    return Object(kind, {i: Entry(v) for i, v in enumerate(values)})


def assign_target(machine: Machine, target: ir.Expr, value: Value, state: State, frame: Frame) -> None:
    """Binds *value* to an assignment target."""
    if isinstance(target, ir.Name):
        state.bind(target.id, value)
    elif isinstance(target, ir.Seq):
        items = _items_alike(machine, value, state)
        for position, part in enumerate(target.items):
            if isinstance(part, ir.Star):
                assign_target(machine, part.value, NOT_TOLD, state, frame)
                items = None
            elif items is not None and len(items) == len(target.items):
                assign_target(machine, part, items[position][0], state, frame)
            else:
                assign_target(
                    machine, part, (Unknown(parameter=open_parameter(machine, value, state)),), state, frame
                )
    elif isinstance(target, ir.Attr):
        _set(machine, evaluate(machine, target.value, state, frame), [target.name], value, state, None)
    elif isinstance(target, ir.Subscript) and len(target.index) == 1:
        key = evaluate(machine, target.index[0], state, frame)
        keys = [k.value for k in key if isinstance(k, Literal)]
        owner = evaluate(machine, target.value, state, frame)
        if keys and len(keys) == len(key):
            _set(machine, owner, keys, value, state, None)
        else:
            open_up(machine, owner, "a key that cannot be told", next(iter(parameters_of(key)), ""), state)


def assign(machine: Machine, targets: Iterable[ir.Expr], expr: ir.Expr, state: State, frame: Frame) -> Value:
    """Evaluates *expr* and binds it to *targets*; names remember which condition they stand for."""
    before = dict(state.heap) if is_condition(expr) else None
    value = evaluate(machine, expr, state, frame)
    is_pure = before is not None and all(state.heap.get(loc) is made for loc, made in before.items())
    for target in targets:
        assign_target(machine, target, value, state, frame)
    for target in targets:
        if is_pure and isinstance(target, ir.Name):
            remember(machine, target.id, expr, state, frame)
    return value


def _items_alike(machine: Machine, value: Value, state: State) -> list[Item] | None:
    """The items of a sequence that may be one of several of the same length, place by place; None for anything else."""
    rows = [items_of(machine, (one,), state) for one in value]
    known = [row for row in rows if row is not None]
    if not known or len(known) != len(rows) or len({len(row) for row in known}) != 1:
        return None
    return [(union(item[0] for item in column), True, ()) for column in zip(*known, strict=True)]


def _set(
    machine: Machine, owner: Value, keys: list[Any], value: Value, state: State, at: ir.Span | None
) -> None:
    for one in owner:
        if isinstance(one, Ref):
            made = machine.object(one, state)
            entries = dict(made.entries)
            strong = len(owner) == 1 and len(keys) == 1
            for key in keys:
                before = entries.get(key)
                if strong or before is None:
                    entries[key] = Entry(value, strong, "", at)
                else:
                    entries[key] = Entry(union([before.value, value]), before.sure, before.origin, before.at)
            state.heap[one.loc] = msgspec.structs.replace(made, entries=entries)


def open_up(machine: Machine, owner: Value, why: str, parameter: str, state: State) -> None:
    """Objects may have further entries from now on."""
    for one in owner:
        if isinstance(one, Ref):
            made = machine.object(one, state)
            state.heap[one.loc] = msgspec.structs.replace(made, open=made.open or why, parameter=parameter)


def merged(machine: Machine, parts: list[Value], state: State) -> Value:
    """The dictionary that has the entries of all *parts*, later ones winning: ``{**a, **b}``, ``a | b``."""
    choices = [[p] for p in parts]
    if all(p for p in parts):
        choices = [[(one,) for one in p] for p in parts]
    found: list[Value] = []
    if prod(map(len, choices)) > MAX_ALTERNATIVES:
        return (machine.new(_any_of(machine, parts, state), state),)
    for chosen in product(*choices):
        made = Object("dict", {})
        for one in (c[0] for c in chosen):
            made = _over(made, machine.object(one, state) if isinstance(one, Ref) else None, one)
        found.append((machine.new(made, state),))
    return union(found)


def _any_of(machine: Machine, parts: list[Value], state: State) -> Object:
    """Some of the entries of the *parts*: what is left of too many ways to merge them."""
    entries: dict[Any, Entry] = {}
    for ref in (one for part in parts for one in part if isinstance(one, Ref)):
        for key, entry in machine.object(ref, state).entries.items():
            under = entries.get(key)
            values = [entry.value] if under is None else [under.value, entry.value]
            entries[key] = Entry(union(values), False, entry.origin, entry.at)
    return Object("dict", entries, "too many possibilities")


def _over(below: Object, above: Object | None, one: Any) -> Object:
    if above is None:
        if isinstance(one, Literal) and one.value is None:
            return below
        why = (
            f"`**` of {one.reason}"
            if isinstance(one, Unknown) and one.reason
            else "a part that cannot be told"
        )
        return msgspec.structs.replace(
            below, open=below.open or why, parameter=below.parameter or getattr(one, "parameter", "")
        )
    entries = dict(below.entries)
    for key, entry in above.entries.items():
        under = entries.get(key)
        if not entry.sure and under is not None:
            entries[key] = Entry(union([under.value, entry.value]), under.sure, entry.origin, entry.at)
        else:
            entries[key] = entry
    sources = below.sources | above.sources | ({one.loc} if isinstance(one, Ref) else set())
    return Object(
        "dict",
        entries,
        below.open or above.open,
        below.parameter or above.parameter,
        sources=frozenset(sources),
    )


# --- handlers ---------------------------------------------------------------------------------------------------


def _name(machine: Machine, expr: ir.Name, state: State, frame: Frame) -> Value:
    return machine.name(expr.id, state, frame)


def _literal(machine: Machine, expr: ir.Const | ir.Num, state: State, frame: Frame) -> Value:
    if expr.text in ("None", "True", "False", "..."):
        return constant({"None": None, "True": True, "False": False, "...": ...}[expr.text])
    try:
        return constant(literal_eval(expr.text))
    except (ValueError, SyntaxError, MemoryError):
        return NOT_TOLD


def _attr(machine: Machine, expr: ir.Attr, state: State, frame: Frame) -> Value:
    return machine.attributes.of(evaluate(machine, expr.value, state, frame), expr.name, state, frame)


def _through(machine: Machine, expr: ir.Await | ir.Star, state: State, frame: Frame) -> Value:
    return evaluate(machine, expr.value, state, frame)


def _walrus(machine: Machine, expr: ir.Walrus, state: State, frame: Frame) -> Value:
    return assign(machine, (expr.target,), expr.value, state, frame)


def _fstring(machine: Machine, expr: ir.FString, state: State, frame: Frame) -> Value:
    return join_texts([evaluate(machine, part, state, frame) for part in expr.parts])


def join_texts(parts: list[Value], separator: str = "") -> Value:
    """All texts the parts joined can be; unknown where one of them is."""
    for part in parts:
        if not part or not all(isinstance(p, Literal) for p in part):
            return (
                Unknown(
                    "a text with a part that cannot be told",
                    next(iter(parameters_of(part)), ""),
                    "builtins.str",
                ),
            )
    combinations = islice(product(*parts), MAX_ALTERNATIVES + 1)
    found = [
        constant(separator.join(str(p.value) for p in chosen if isinstance(p, Literal)))
        for chosen in combinations
    ]
    return (
        union(found) if len(found) <= MAX_ALTERNATIVES else (Unknown("too many texts", type="builtins.str"),)
    )


def _binary(machine: Machine, expr: ir.BinOp, state: State, frame: Frame) -> Value:
    left = evaluate(machine, expr.left, state, frame)
    right = evaluate(machine, expr.right, state, frame)
    return combined(machine, expr.op, left, right, state)


def combined(machine: Machine, op: str, left: Value, right: Value, state: State) -> Value:
    """``left op right``."""
    kinds = {machine.object(one, state).kind for one in (*left, *right) if isinstance(one, Ref)}
    if op == "|" and ("dict" in kinds or not kinds):
        return merged(machine, [left, right], state) if kinds else NOT_TOLD
    if op == "+" and kinds & {"list", "tuple"}:
        a, b = _items_of_any(machine, left, state), _items_of_any(machine, right, state)
        kind = sorted(kinds)[0]
        if a is None or b is None:
            return (machine.new(Object(kind, {}, "items that cannot be told"), state),)
        return (machine.new(_listed(kind, [*a, *b]), state),)
    if op in ("|", "-", "&") and kinds == {"set"}:
        a, b = items_of(machine, left, state), items_of(machine, right, state)
        if a is None or b is None or not all(sure for _, sure, _ in (*a, *b)):
            return (machine.new(Object("set", {}, "items that cannot be told"), state),)
        first, second = [v for v, _, _ in a], [v for v, _, _ in b]
        chosen = {
            "|": first + [v for v in second if v not in first],
            "-": [v for v in first if v not in second],
            "&": [v for v in first if v in second],
        }[op]
        return (machine.new(sequence("set", chosen), state),)
    if op == "+":
        return join_texts([left, right]) if _textual(left) or _textual(right) else NOT_TOLD
    if op == "%" and _textual(left):
        items = items_of(machine, right, state)
        return formatted_percent(left, [v for v, _, _ in items] if items is not None else [right])
    return NOT_TOLD


def _items_of_any(machine: Machine, value: Value, state: State) -> list[Item] | None:
    """The items of a sequence; of several it may be, all of them, and none for sure."""
    if len(value) == 1:
        return items_of(machine, value, state)
    rows = [items_of(machine, (one,), state) for one in value]
    if any(row is None for row in rows) or sum(len(row) for row in rows if row) > _MAX_ITEMS:
        return None
    return [(item, False, ()) for row in rows if row for item, _, _ in row]


def formatted_percent(template: Value, given: list[Value]) -> Value:
    """``template % given`` for ``%s``."""
    text = template[0].value if len(template) == 1 and isinstance(template[0], Literal) else None
    if not isinstance(text, str) or text.count("%") != text.count("%s") or text.count("%s") != len(given):
        return (Unknown("a text that cannot be told", type="builtins.str"),)
    pieces = text.split("%s")
    parts: list[Value] = [constant(pieces[0])]
    for value, piece in zip(given, pieces[1:], strict=True):
        parts += [value, constant(piece)]
    return join_texts(parts)


def _textual(value: Value) -> bool:
    return any(
        (isinstance(v, Literal) and isinstance(v.value, str))
        or (isinstance(v, Unknown) and v.type == "builtins.str")
        for v in value
    )


def _boolean(machine: Machine, expr: ir.BoolOp, state: State, frame: Frame) -> Value:
    found: list[Value] = []
    if _may_change(expr.left):
        # Evaluated once: asked again, ``d.pop("a", None)`` is None.
        left = evaluate(machine, expr.left, state, frame)
        kept = tuple(v for v in left if _fits(machine, v, expr.op == "or", state))
        if len(kept) == len(left) and all(truth(machine, v, state) is (expr.op == "or") for v in left):
            return left
        path = state.copy()
        right = evaluate(machine, expr.right, path, frame)
        _settle(state, [(state.heap, path)] + ([(state.heap, state.copy())] if kept else []))
        return union([kept, right])
    ways: list[tuple[Mapping[int, Object], State]] = []
    known = test(machine, expr.left, state, frame)
    if known is not (expr.op == "and"):
        # The left side is the result where it decides.
        for path in assume(machine, expr.left, expr.op == "or", state.copy(), frame):
            ways.append((dict(path.heap), path))
            value = evaluate(machine, expr.left, path, frame)
            found.append(tuple(v for v in value if _fits(machine, v, expr.op == "or", path)))
    if known is not (expr.op == "or"):
        for path in assume(machine, expr.left, expr.op == "and", state.copy(), frame):
            ways.append((dict(path.heap), path))
            found.append(evaluate(machine, expr.right, path, frame))
    _settle(state, ways)
    return union(found) or NOT_TOLD


_READING = frozenset({"get", "keys", "values", "items", "startswith", "endswith", "lower", "upper", "strip", "isinstance",
                      "len", "str", "bool", "int", "any", "all", "callable", "getattr", "hasattr"})  # fmt: skip


def _may_change(expr: ir.Expr) -> bool:
    """Whether evaluating *expr* may change an object or a name."""
    for part in walk(expr):
        if isinstance(part, ir.Walrus):
            return True
        if isinstance(part, ir.Call):
            name = part.func.name if isinstance(part.func, ir.Attr) else getattr(part.func, "id", "")
            if name not in _READING:
                return True
    return False


def _settle(state: State, ways: Sequence[tuple[Mapping[int, Object], State]]) -> None:
    """What an expression has changed on one of the *ways* through it (what was before, what is after) it may have changed."""
    changed = {
        loc
        for before, path in ways
        for loc, made in path.heap.items()
        if loc in state.heap and before.get(loc) is not made
    }
    kept = {loc: state.heap[loc] for loc in changed}
    for loc in changed:
        after = [
            path.heap[loc] if before.get(loc) is not path.heap[loc] else kept[loc] for before, path in ways
        ]
        state.heap[loc] = reduce(either, after)
    for _, path in ways:
        state.heap.update({k: v for k, v in path.heap.items() if k not in state.heap})


def _fits(machine: Machine, one: Any, wanted: bool, state: State) -> bool:
    return truth(machine, one, state) is not (not wanted)


def _conditional(machine: Machine, expr: ir.IfExp, state: State, frame: Frame) -> Value:
    is_pure = not _may_change(expr.test)
    known = test(machine, expr.test, state, frame) if is_pure else None
    found: list[Value] = []
    ways: list[tuple[Mapping[int, Object], State]] = []
    for wanted, branch in ((True, expr.body), (False, expr.orelse)):
        if known is (not wanted):
            continue
        for path in assume(machine, expr.test, wanted, state.copy(), frame):
            ways.append((dict(path.heap) if is_pure else state.heap, path))
            found.append(evaluate(machine, branch, path, frame))
    _settle(state, ways)
    return union(found) or NOT_TOLD


def _comparison(machine: Machine, expr: ir.Compare, state: State, frame: Frame) -> Value:
    known = compare(machine, expr, state, frame)
    return (Unknown(type="builtins.bool"),) if known is None else constant(known)


def _unary(machine: Machine, expr: ir.Unary, state: State, frame: Frame) -> Value:
    if expr.op == "not":
        known = test(machine, expr.operand, state, frame)
        return (Unknown(type="builtins.bool"),) if known is None else constant(not known)
    value = evaluate(machine, expr.operand, state, frame)
    if (
        expr.op == "-"
        and len(value) == 1
        and isinstance(value[0], Literal)
        and isinstance(value[0].value, int | float)
    ):
        return constant(-value[0].value)
    return NOT_TOLD


def _seq(machine: Machine, expr: ir.Seq, state: State, frame: Frame) -> Value:
    items: list[Item] = []
    why = ""
    for item in expr.items:
        value = evaluate(machine, item, state, frame)
        if isinstance(item, ir.Star):
            inner = items_of(machine, value, state)
            if inner is None:
                why = "items that cannot be told"
            else:
                items.extend(inner)
        else:
            items.append((value, True, ()))
    return (machine.new(msgspec.structs.replace(_listed(expr.kind, items), open=why), state),)


def _listed(kind: str, items: list[Item]) -> Object:
    entries = {i: Entry(value, sure) for i, (value, sure, _) in enumerate(items)}
    return Object(kind, entries, implies={i: facts for i, (_, _, facts) in enumerate(items) if facts})


def _dict(machine: Machine, expr: ir.Dict, state: State, frame: Frame) -> Value:
    parts: list[Value] = []
    made = Object("dict", {})
    for key, value in zip(expr.keys, expr.values, strict=True):
        found = evaluate(machine, value, state, frame)
        if key is None:
            if made.entries or made.open:
                parts.append((machine.new(made, state),))
                made = Object("dict", {})
            parts.append(found)
            continue
        names = evaluate(machine, key, state, frame)
        known = [n.value for n in names if isinstance(n, Literal)]
        if len(known) == len(names) == 1:
            entry = Entry(found, at=getattr(value, "at", None))
            made = msgspec.structs.replace(made, entries={**made.entries, known[0]: entry})
        elif known and len(known) == len(names):
            made = _over(made, Object("dict", {k: Entry(found, False) for k in known}), None)
        else:
            why = "a key that cannot be told"
            made = msgspec.structs.replace(made, open=why, parameter=next(iter(parameters_of(names)), ""))
    if not parts:
        return (machine.new(made, state),)
    if made.entries or made.open:
        parts.append((machine.new(made, state),))
    return merged(machine, parts, state)


def _subscript(machine: Machine, expr: ir.Subscript, state: State, frame: Frame) -> Value:
    owner = evaluate(machine, expr.value, state, frame)
    if len(expr.index) != 1:
        return owner if any(not isinstance(o, Ref | Unknown) for o in owner) else NOT_TOLD
    if isinstance(expr.index[0], ir.Slice):
        return union(_sliced(machine, one, expr.index[0], state) for one in owner) or NOT_TOLD
    key = evaluate(machine, expr.index[0], state, frame)
    found: list[Value] = []
    for one in owner:
        if isinstance(one, Ref):
            found.append(item(machine, one, key, state, raising=True))
        elif isinstance(one, Unknown):
            found.append((Unknown(one.reason, one.parameter),))
        elif not isinstance(one, Literal):
            found.append((one,))  # ``Generic[T]``
    return union(found) or NOT_TOLD


def _sliced(machine: Machine, one: Any, part: ir.Slice, state: State) -> Value:
    """``x[1:]``: the items between constant bounds; any of them where the bounds or the items cannot be told."""
    made = machine.object(one, state) if isinstance(one, Ref) else None
    if made is None or made.kind not in ("list", "tuple"):
        return (Unknown(parameter=getattr(one, "parameter", "")),)
    bounds = [_bound(edge) for edge in (part.lower, part.upper, part.step)]
    entries = list(made.entries.values())
    if ... in bounds or bounds[2] == 0 or made.open or not all(e.sure for e in entries):
        entries = [msgspec.structs.replace(e, sure=False) for e in entries]
    else:
        entries = entries[slice(*bounds)]
    whole = msgspec.structs.replace(made, entries=dict(enumerate(entries)), implies={})
    return (machine.new(whole, state),)


def _bound(edge: ir.Expr | None) -> Any:
    """A constant bound of a slice; None where there is none, Ellipsis where it cannot be told."""
    if edge is None:
        return None
    negative = isinstance(edge, ir.Unary) and edge.op == "-"
    number = edge.operand if isinstance(edge, ir.Unary) and negative else edge
    if not isinstance(number, ir.Num) or not number.text.isdecimal():
        return ...
    return -int(number.text) if negative else int(number.text)


def item(machine: Machine, ref: Ref, key: Value, state: State, *, raising: bool) -> Value:
    """The values *key* may have in an object; empty where it is surely not there."""
    made = machine.object(ref, state)
    known = [k.value for k in key if isinstance(k, Literal)]
    found: list[Value] = []
    if len(known) < len(key) or not key:
        found += [machine.look(e) for e in made.entries.values()]
    if made.kind in ("list", "tuple", "set"):
        if made.open or not all(entry.sure for entry in made.entries.values()):
            # Which one is where depends on the ones that may be missing.
            found += [machine.look(e) for e in made.entries.values()]
            known = []
        known = [len(made.entries) + k if isinstance(k, int) and k < 0 else k for k in known]
    for one in known:
        entry = made.entries.get(one)
        if entry is not None:
            found.append(machine.look(entry))
    if made.open or (len(known) < len(key) and not found):
        found.append((Unknown(made.open, made.parameter),))
    if raising and made.kind == "dict":
        machine.note_keys(ref, [k for k in known if isinstance(k, str)], made)
        if not found and known:
            raise PathEndsError
    return union(found)


def _lambda(machine: Machine, expr: ir.Lambda, state: State, frame: Frame) -> Value:
    return machine.lambda_(expr, state, frame)


def _call(machine: Machine, expr: ir.Call, state: State, frame: Frame) -> Value:
    return machine.call(expr, state, frame)


def _yield(machine: Machine, expr: ir.Yield, state: State, frame: Frame) -> Value:
    value = evaluate(machine, expr.value, state, frame)
    state.names[YIELDED] = union([state.names.get(YIELDED, ()), value])
    return NOT_TOLD


# --- comprehensions ---------------------------------------------------------------------------------------------


def _comprehension(machine: Machine, expr: ir.Comp, state: State, frame: Frame) -> Value:
    if expr.kind == "dict" and len(expr.clauses) == 1:
        return _dict_comprehension(machine, expr, state, frame)
    items: list[Item] = []
    complete = _each(machine, expr, 0, State(dict(state.names), state.heap), frame, items)
    kind = "list" if expr.kind == "generator" else expr.kind
    made = _listed(kind if kind != "dict" else "dict", items if kind != "dict" else [])
    if not complete or kind == "dict":
        made = Object(kind, {} if kind == "dict" else made.entries, "items that cannot be told")
    return (machine.new(made, state),)


def _each(machine: Machine, expr: ir.Comp, level: int, inner: State, frame: Frame, items: list[Item]) -> bool:
    """Collects the items of a comprehension; False when there may be others."""
    if level == len(expr.clauses):
        items.append((evaluate(machine, expr.elt, inner, frame), True, ()))
        return True
    clause = expr.clauses[level]
    source = evaluate(machine, clause.iter, inner, frame)
    found = items_of(machine, source, inner)
    if found is None or len(items) > _MAX_ITEMS:
        assign_target(machine, clause.target, NOT_TOLD, inner, frame)
        for condition in clause.ifs:
            evaluate(machine, condition, inner, frame)
        # However many there are, they are all like this one.
        before = len(items)
        complete = _each(machine, expr, level + 1, inner, frame, items)
        items[before:] = [(value, False, ()) for value, _, _ in items[before:]]
        return complete
    complete = True
    for value, sure, _ in found:
        assign_target(machine, clause.target, value, inner, frame)
        tests = [test(machine, condition, inner, frame) for condition in clause.ifs]
        if False in tests:
            continue
        before = len(items)
        complete = _each(machine, expr, level + 1, inner, frame, items) and complete
        if None in tests or not sure:
            facts: tuple[tuple[int, Any], ...] = ()
            if len(clause.ifs) == 1 and sure:
                facts = _true_if_not(machine, clause.ifs[0], inner, frame)
            items[before:] = [(v, False, facts) for v, _, _ in items[before:]]
    return complete


def _true_if_not(
    machine: Machine, condition: ir.Expr, inner: State, frame: Frame
) -> tuple[tuple[int, Any], ...]:
    """The keys of objects that are there where *condition* does not hold."""
    found: list[tuple[int, Any]] = []
    for path in assume(machine, condition, False, inner.copy(), frame):
        for loc, made in path.heap.items():
            before = inner.heap.get(loc)
            if before is not None and before is not made:
                found += [
                    (loc, key)
                    for key, entry in made.entries.items()
                    if entry.sure and (key not in before.entries or not before.entries[key].sure)
                ]
    return tuple(found)


def _dict_comprehension(machine: Machine, expr: ir.Comp, state: State, frame: Frame) -> Value:
    (clause,) = expr.clauses
    pairs = _pairs(machine, clause.iter, state, frame)
    inner = State(dict(state.names), state.heap)
    if pairs is None:
        source = evaluate(machine, clause.iter, inner, frame)
        found = items_of(machine, source, inner)
        if found is None:
            assign_target(machine, clause.target, NOT_TOLD, inner, frame)
            evaluate(machine, expr.value, inner, frame)
            parameter = open_parameter(machine, source, inner)
            return (machine.new(Object("dict", {}, "keys that cannot be told", parameter), state),)
        rows_of: list[Row] = [(v, None, sure) for v, sure, _ in found]
        alternatives = [(rows_of, Object("dict", {}))]
    else:
        alternatives = pairs
    results: list[Value] = []
    for rows, source_object in alternatives:
        entries: dict[Any, Entry] = {}
        why = source_object.open
        for first, entry, sure in rows:
            _bind_row(machine, clause.target, first, entry, inner, frame)
            tests = [test(machine, condition, inner, frame) for condition in clause.ifs]
            if False in tests:
                continue
            key = evaluate(machine, expr.elt, inner, frame)
            keeps = (
                entry is not None
                and isinstance(clause.target, ir.Seq)
                and expr.value == clause.target.items[1]
            )
            value = (
                entry.value if keeps and entry is not None else evaluate(machine, expr.value, inner, frame)
            )
            if (
                entry is not None
                and not keeps
                and expr.value is not None
                and _reads(expr.value, clause.target)
            ):
                machine.look(entry)
            texts = [k.value for k in key if isinstance(k, Literal)]
            if len(texts) != 1 or len(key) != 1:
                why = why or "a key that cannot be told"
                continue
            certain = sure and None not in tests
            origin = entry.origin if entry is not None else ""
            put = Entry(value, certain, origin, entry.at if entry is not None else None)
            under = entries.get(texts[0])
            if under is not None and not certain:
                put = Entry(union([under.value, value]), under.sure, origin, put.at)
            entries[texts[0]] = put
        sources = source_object.sources
        results.append(
            (machine.new(Object("dict", entries, why, source_object.parameter, sources=sources), state),)
        )
    return union(results)


Row = tuple[Value, Entry | None, bool]


def _pairs(
    machine: Machine, source: ir.Expr, state: State, frame: Frame
) -> list[tuple[list[Row], Object]] | None:
    """The rows of ``d.items()`` for every dictionary *d* may be; None for anything else."""
    if not (isinstance(source, ir.Call) and isinstance(source.func, ir.Attr) and source.func.name == "items"):
        return None
    owner = evaluate(machine, source.func.value, state, frame)
    found: list[tuple[list[Row], Object]] = []
    for one in owner:
        if not isinstance(one, Ref) or machine.object(one, state).kind != "dict":
            return None
        made = machine.object(one, state)
        rows: list[Row] = [(constant(k), e, e.sure) for k, e in made.entries.items()]
        found.append((rows, msgspec.structs.replace(made, sources=made.sources | {one.loc})))
    return found or None


def _bind_row(
    machine: Machine, target: ir.Expr, first: Value, entry: Entry | None, inner: State, frame: Frame
) -> None:
    if entry is not None and isinstance(target, ir.Seq) and len(target.items) == 2:
        assign_target(machine, target.items[0], first, inner, frame)
        assign_target(machine, target.items[1], entry.value, inner, frame)
    else:
        assign_target(machine, target, first, inner, frame)


def _reads(expr: ir.Expr, target: ir.Expr) -> bool:
    value = target.items[1] if isinstance(target, ir.Seq) and len(target.items) == 2 else target
    return any(node == value for node in walk(expr))


_HANDLERS: dict[type, Callable[[Any, Any, State, Any], Value]] = {
    ir.Name: _name,
    ir.Str: lambda machine, expr, state, frame: constant(expr.value),
    ir.Num: _literal,
    ir.Const: _literal,
    ir.Attr: _attr,
    ir.Call: _call,
    ir.Await: _through,
    ir.Star: _through,
    ir.BinOp: _binary,
    ir.BoolOp: _boolean,
    ir.Compare: _comparison,
    ir.Unary: _unary,
    ir.IfExp: _conditional,
    ir.Subscript: _subscript,
    ir.Seq: _seq,
    ir.Dict: _dict,
    ir.Comp: _comprehension,
    ir.Lambda: _lambda,
    ir.Yield: _yield,
    ir.Walrus: _walrus,
    ir.FString: _fstring,
}
