"""Which functions can take what a call gives."""

from __future__ import annotations

from typing import NamedTuple

from archwright.facts import ir
from archwright.project.code import Scope


class Given(NamedTuple):
    """How many arguments a call gives, and under which names: which functions can take them depends on nothing else."""

    spread: bool
    """Whether a ``*value`` or ``**value`` may give any."""
    plain: int
    keywords: frozenset[str]


def given_by(call: ir.Call) -> Given:
    """What *call* gives."""
    return Given(
        any(arg.star for arg in call.args),
        sum(arg.keyword is None for arg in call.args),
        frozenset(arg.keyword for arg in call.args if arg.keyword),
    )


def takes(method: Scope, given: Given) -> bool:
    """Whether the arguments of a call on an instance fit the signature of *method*."""
    if given.spread:
        return True
    params = method.params if method.decorated("staticmethod") else method.params[1:]
    named = {p.name for p in params if p.kind in ("arg", "kwonly")}
    positional = [p for p in params if p.kind in ("posonly", "arg")]
    if given.plain > len(positional) and not any(p.kind == "vararg" for p in params):
        return False
    if given.keywords - named and not any(p.kind == "kwarg" for p in params):
        return False
    left = [*positional[given.plain :], *(p for p in params if p.kind == "kwonly")]
    return all(p.default is not None or p.name in given.keywords for p in left)
