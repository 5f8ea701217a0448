"""Lists, tuples and tables of a declaration, their items, and comprehensions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archwright.facts import ir
from archwright.project.storage.frames import Frame
from archwright.project.storage.literals import Unknown, truth
from archwright.project.storage.pure import MAX_ITEMS, attempt

if TYPE_CHECKING:
    from archwright.project.storage.evaluate import Evaluator


def sequence(evaluator: Evaluator, expr: ir.Seq, frame: Frame, depth: int) -> Any:
    """``[a, *b]``, ``(a, b)``."""
    items: list[Any] = []
    for item in expr.items:
        if isinstance(item, ir.Star):
            inner = evaluator.evaluate(item.value, frame, depth)
            if not isinstance(inner, list | tuple):
                return Unknown("a list with a part that cannot be told")
            items.extend(inner)
        else:
            items.append(evaluator.evaluate(item, frame, depth))
    return tuple(items) if expr.kind == "tuple" else items


def table(evaluator: Evaluator, expr: ir.Dict, frame: Frame, depth: int) -> Any:
    """``{a: b, **c}``."""
    table: dict[Any, Any] = {}
    for key, value in zip(expr.keys, expr.values, strict=True):
        found = evaluator.evaluate(value, frame, depth)
        if key is None:
            if not isinstance(found, dict):
                return Unknown("a table with a part that cannot be told")
            table.update(found)
            continue
        name = evaluator.evaluate(key, frame, depth)
        if not _is_key(name):
            return Unknown("a table with keys that cannot be told")
        table[name] = found
    return table


def item(evaluator: Evaluator, expr: ir.Subscript, frame: Frame, depth: int) -> Any:
    """``a[b]``."""
    value = evaluator.evaluate(expr.value, frame, depth)
    if isinstance(value, list | tuple | dict) and len(expr.index) == 1:
        index = evaluator.evaluate(expr.index[0], frame, depth)
        if isinstance(value, dict) and isinstance(index, str | int):
            return value.get(index, Unknown(f"there is no item `{index}`"))
        if isinstance(value, list | tuple) and isinstance(index, int):
            return attempt(lambda: value[index], None)
    return Unknown("an item that cannot be told")


def comprehension(evaluator: Evaluator, expr: ir.Comp, frame: Frame, depth: int) -> Any:
    """``[a for b in c if d]``."""
    rows: list[Any] = []
    reason = _iterate(evaluator, expr, 0, Frame(frame.scope, {}, frame), rows, depth)
    if reason is not None:
        return reason
    if expr.kind != "dict":
        return rows
    if not all(_is_key(key) for key, _ in rows):
        return Unknown("a table with keys that cannot be told")
    return dict(rows)


def _iterate(
    evaluator: Evaluator, expr: ir.Comp, level: int, frame: Frame, rows: list[Any], depth: int
) -> Unknown | None:
    """Goes through the clauses from *level* on; the reason why that cannot be done."""
    if level == len(expr.clauses):
        value = evaluator.evaluate(expr.elt, frame, depth)
        rows.append((value, evaluator.evaluate(expr.value, frame, depth)) if expr.kind == "dict" else value)
        return None if len(rows) <= MAX_ITEMS else Unknown("too many items")
    clause = expr.clauses[level]
    items = evaluator.evaluate(clause.iter, frame, depth)
    if isinstance(items, dict):
        items = list(items)
    if not isinstance(items, list | tuple):
        return Unknown("a loop over what cannot be told")
    for item in items:
        if not evaluator.assign(clause.target, item, frame):
            return Unknown("a loop whose items cannot be told")
        tests = [truth(evaluator.evaluate(test, frame, depth)) for test in clause.ifs]
        if None in tests:
            return Unknown("a condition that cannot be told")
        if all(tests):
            reason = _iterate(evaluator, expr, level + 1, frame, rows, depth)
            if reason is not None:
                return reason
    return None


def _is_key(value: Any) -> bool:
    """Whether a table may have such a key; parts of a tuple count, too."""
    try:
        hash(value)
    except TypeError:
        return False
    return True
