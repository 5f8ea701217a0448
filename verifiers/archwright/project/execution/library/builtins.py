"""Builtins that count and ask."""

from __future__ import annotations

from collections.abc import Callable

from archwright.project.execution.items import items_of
from archwright.project.execution.library.invocation import Invocation, Model
from archwright.project.execution.truth import value_truth
from archwright.project.execution.values import Value, constant, texts


def _length(one: Invocation) -> Value:
    items = items_of(one.machine, one.first(), one.state)
    if items is None or not all(item.sure for item in items):
        return one.made(kind="builtins.int")
    return constant(len(items))


def _some(wanted: bool) -> Callable[[Invocation], Value]:
    def decide(one: Invocation) -> Value:
        items = items_of(one.machine, one.first(), one.state)
        if items is None:
            return one.made(kind="builtins.bool")
        answers = [(value_truth(one.machine, item.value, one.state), item.sure) for item in items]
        if (wanted, True) in answers:
            return constant(wanted)
        if all(answer is (not wanted) for answer, _ in answers):
            return constant(not wanted)
        return one.made(kind="builtins.bool")

    return decide


def _text(one: Invocation) -> Value:
    if one.last == "str" and len(one.args.positional) == 1 and texts(one.first()):
        return one.first()
    return one.made(kind="builtins.str")


MODELS: dict[str, Model] = {
    "builtins.len": _length,
    "builtins.any": _some(True),
    "builtins.all": _some(False),
    "builtins.str": _text,
    "builtins.repr": _text,
}
