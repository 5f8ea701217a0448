"""Whether a handler catches an exception: by class, as far as classes are known."""

from __future__ import annotations

import builtins

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.types.inference import Inference
from archwright.project.types.values import ClassValue, ExternalInstance, ExternalValue, InstanceValue

ANY_EXCEPTION = ""
"""The type of an exception of which nothing is known."""


def exception_type(expr: ir.Expr | None, scope: Scope, inference: Inference) -> str:
    """The qualified class of ``raise expr``; ANY_EXCEPTION when it cannot be told."""
    if expr is None:
        return ANY_EXCEPTION
    names = set()
    for value in inference.evaluate(expr, scope):
        if isinstance(value, ClassValue):
            names.add(value.qualified)
        elif isinstance(value, InstanceValue):
            names.add(value.cls.qualified)
        elif isinstance(value, ExternalValue | ExternalInstance):
            names.add(value.name)
        else:
            return ANY_EXCEPTION
    return names.pop() if len(names) == 1 else ANY_EXCEPTION


def catches(handler: tuple[ir.Expr, ...], raised: str, scope: Scope, inference: Inference) -> str:
    """``yes``, ``no`` or ``maybe``: whether a clause with these types (none: a bare except) catches *raised*."""
    if not handler:
        return "yes"
    answers = {_one(kind, raised, scope, inference) for kind in handler}
    return "yes" if "yes" in answers else "maybe" if "maybe" in answers else "no"


def _one(kind: ir.Expr, raised: str, scope: Scope, inference: Inference) -> str:
    name = exception_type(kind, scope, inference)
    if name == "builtins.BaseException":
        return "yes"
    if raised == ANY_EXCEPTION:
        # What a call may raise is open, but KeyboardInterrupt and its like are not what contracts are about.
        return "yes" if name == "builtins.Exception" else "maybe"
    if name == ANY_EXCEPTION:
        return "maybe"
    alias = _builtin(name)
    if alias is not None:
        name = f"builtins.{alias.__name__}"  # IOError is OSError
    lineage = _lineage(raised, inference)
    if name in lineage:
        return "yes"
    if not inference.classes.known(name) and _builtin(name) is None:
        return "maybe"  # a class of another package may be an ancestor that cannot be seen
    seen = lineage - {"builtins.object", "typing.Generic"}
    known = all(inference.classes.known(base) or _builtin(base) is not None for base in seen)
    return "no" if known else "maybe"


def _lineage(name: str, inference: Inference) -> set[str]:
    found: set[str] = set()
    for base in inference.classes.lineage(name):
        found.add(base)
        cls = _builtin(base)
        if cls is not None:
            mro = (ancestor for ancestor in cls.__mro__ if issubclass(ancestor, BaseException))
            found.update(f"builtins.{ancestor.__name__}" for ancestor in mro)
    return found


def _builtin(name: str) -> type | None:
    """The builtin exception class of that name; these are the interpreter's own, not code under test."""
    module, _, attribute = name.rpartition(".")
    value = getattr(builtins, attribute, None) if module == "builtins" else None
    return value if isinstance(value, type) and issubclass(value, BaseException) else None
