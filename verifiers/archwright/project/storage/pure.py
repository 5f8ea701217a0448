"""The operations on constants that evaluating a declaration carries out: builtins, operators and methods without side effects."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from archwright.model import Location
from archwright.project.storage.literals import Unknown

MAX_ITEMS = 2000
"""More items than any declaration has; beyond, a loop is not followed."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TEXT_METHODS = _words(
    "capitalize casefold endswith format format_map join lower lstrip removeprefix removesuffix replace rsplit rstrip split"
    " splitlines startswith strip title upper zfill"
)
OTHER_METHODS = _words("copy count get index items keys union values")
MUTATORS = _words("add append extend insert pop remove setdefault sort update")

BUILTINS: dict[str, Callable[..., Any]] = {
    "all": all,
    "any": any,
    "bool": bool,
    "dict": dict,
    "enumerate": lambda *a, **k: list(enumerate(*a, **k)),
    "float": float,
    "frozenset": lambda *a: list(dict.fromkeys(*a)),
    "int": int,
    "len": len,
    "list": list,
    "max": max,
    "min": min,
    "range": lambda *a: list(range(*a)[:MAX_ITEMS]),
    "reversed": lambda a: list(reversed(a)),
    "set": lambda *a: list(dict.fromkeys(*a)),
    "sorted": sorted,
    "str": str,
    "tuple": tuple,
    "zip": lambda *a, **k: list(zip(*a, strict=False, **k)),
}
BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "%": operator.mod,
    "|": operator.or_,
    "//": operator.floordiv,
}
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda a, b: a in b,
    "not in": lambda a, b: a not in b,
    "is": lambda a, b: a is b,
    "is not": lambda a, b: a is not b,
}


def attempt(compute: Callable[[], Any], at: Location | None) -> Any:
    """What *compute* gives; Unknown when it raises: the code under judgement is wrong or too clever."""
    try:
        return compute()
    except Exception as error:  # any: it computes with values from the code under judgement
        return Unknown(f"evaluating it raises {type(error).__name__}", at)
