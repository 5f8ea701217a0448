"""Texts and regular expressions, as far as they are constants."""

from __future__ import annotations

import re

from archwright.project.execution.heap import Entry, Object
from archwright.project.execution.items import items_of
from archwright.project.execution.library.invocation import Invocation, Model
from archwright.project.execution.operators import join_texts
from archwright.project.execution.values import NONE, NOT_TOLD, Literal, Ref, Value, constant, only_text
from archwright.project.execution.values import texts as texts_of

_FOLDED = frozenset(
    {"lower", "upper", "strip", "lstrip", "rstrip", "title", "capitalize", "removeprefix", "removesuffix", "replace",
     "startswith", "endswith", "casefold", "swapcase"}
)  # fmt: skip
_MAKES_TEXT = (_FOLDED - {"startswith", "endswith"}) | {
    "join",
    "format",
    "format_map",
    "zfill",
    "center",
    "ljust",
    "rjust",
    "expandtabs",
    "translate",
}
_MAX_TEXT = 64


def method(one: Invocation, receiver: Literal) -> Value:
    """What a method of a constant gives."""
    if not isinstance(receiver.value, str):
        return one.made((receiver,)) if one.machine.policy.terms else NOT_TOLD
    if one.last == "join" and one.args.positional:
        items = items_of(one.machine, one.first(), one.state)
        if items is not None and all(item.sure for item in items):
            joined = join_texts([item.value for item in items], receiver.value)
            if not one.machine.policy.terms or texts_of(joined) is not None:
                return joined
    folded = _folded(one, receiver.value)
    if folded:
        return folded
    if one.machine.policy.terms:
        return one.made((receiver,), name=f"?.{one.last}")
    return one.made((receiver,), "builtins.str") if one.last in _MAKES_TEXT else NOT_TOLD


def _folded(one: Invocation, text: str) -> Value:
    """The result of a method where all arguments are constant texts, too; empty where it cannot be told."""
    if one.args.star or one.args.rest or one.args.further:
        return ()
    given = [texts_of(value) for value in one.args.positional]
    words = [g[0] for g in given if g is not None and len(g) == 1]
    named = {name: only_text(value) for name, value in one.args.named.items()}
    told = len(words) == len(given) and None not in named.values()
    if told and (one.last in _FOLDED or one.last == "format"):
        try:
            return constant(getattr(text, one.last)(*words, **named))
        except (IndexError, KeyError, TypeError, ValueError, AttributeError):
            return () if one.machine.policy.terms else NOT_TOLD
    plain = one.last == "format" and text.count("{") == text.count("{}") == len(one.args.positional)
    if plain and not one.machine.policy.terms:
        parts: list[Value] = [constant(text.split("{}")[0])]
        for value, piece in zip(one.args.positional, text.split("{}")[1:], strict=True):
            parts += [value, constant(piece)]
        return join_texts(parts)
    return ()


def _compiled(one: Invocation) -> Value | None:
    if not one.args.positional or one.machine.policy.terms:
        return None
    at = (one.frame.function[0], one.expr.at)
    return one.new(Object("instance", {"pattern": Entry(one.first())}, "", "", "re.Pattern", at))


def matched(one: Invocation, receiver: Ref) -> Value:
    """What matching a constant text against a constant pattern gives: something, or None."""
    entry = one.object(receiver).entries.get("pattern")
    regex = texts_of(entry.value) if entry is not None else None
    text = texts_of(one.first()) if len(one.args.positional) == 1 else None
    if one.last not in ("fullmatch", "match", "search") or not regex or not text or len(text[0]) > _MAX_TEXT:
        return NOT_TOLD
    try:
        found = getattr(re.compile(regex[0]), one.last)(text[0])
    except (re.error, RecursionError, OverflowError):
        return NOT_TOLD
    return NONE if found is None else constant(True)


MODELS: dict[str, Model] = {"re.compile": _compiled}
