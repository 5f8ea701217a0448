"""What calls in a declaration come to: of builtins and methods that are pure, and kept as data otherwise."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from archwright.facts import ir
from archwright.model import Location
from archwright.project.storage.frames import Frame
from archwright.project.storage.literals import (
    CONCRETE,
    Class,
    DialectValue,
    Function,
    Listing,
    Made,
    Method,
    Outside,
    Unknown,
    is_known,
    truth,
)
from archwright.project.storage.patterns import substituted
from archwright.project.storage.pure import BUILTINS, MUTATORS, OTHER_METHODS, TEXT_METHODS, attempt

if TYPE_CHECKING:
    from archwright.project.storage.evaluate import Evaluator


_NEXT = Outside("builtins.next")
"""Of a comprehension written in its place; any other iterator may have been asked before."""


def call(evaluator: Evaluator, expr: ir.Call, frame: Frame, depth: int) -> Any:
    """``a(b, *c, d=e, **f)``."""
    callee = evaluator.evaluate(expr.func, frame, depth)
    at = evaluator.at(frame, expr.at)
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    complete = True
    for arg in expr.args:
        value = evaluator.evaluate(arg.value, frame, depth)
        if arg.star == 1 and isinstance(value, list | tuple):
            args.extend(value)
        elif arg.star == 2 and isinstance(value, dict) and all(isinstance(k, str) for k in value):
            kwargs.update(value)
        elif arg.star:
            complete = False
        elif arg.keyword:
            kwargs[arg.keyword] = value
        else:
            args.append(value)
    if callee == _NEXT and complete and isinstance(expr.args[0].value, ir.Comp) and isinstance(args[0], list):
        return (args[0] or args[1:] or [Unknown("the next of nothing", at)])[0]
    return evaluator.apply(callee, tuple(args), kwargs, at, complete, depth)


def applied(
    evaluator: Evaluator,
    callee: Any,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    at: Location,
    complete: bool,
    depth: int,
) -> Any:
    """The value of calling *callee*."""
    if isinstance(callee, Function):
        given = args if callee.receiver is None else (callee.receiver, *args)
        return evaluator.call_function(callee, Made("", given, kwargs, at, None, complete), depth)
    if isinstance(callee, Class):
        return Made(callee.qualified, args, kwargs, at, callee, complete)
    if isinstance(callee, Outside):
        return _outside(evaluator, Made(callee.name, args, kwargs, at, None, complete))
    if isinstance(callee, Method):
        return _method(
            evaluator, callee, Made(f".{callee.name}", args, kwargs, at, callee.receiver, complete)
        )
    return Unknown("calls something that cannot be told", at)


def _outside(evaluator: Evaluator, made: Made) -> Any:
    """Something of another package is called."""
    name = made.name
    if name.startswith("builtins."):
        return _builtin(evaluator, name.removeprefix("builtins."), made)
    if (
        name in ("textwrap.dedent", "inspect.cleandoc")
        and len(made.args) == 1
        and isinstance(made.args[0], str)
    ):
        return textwrap.dedent(made.args[0])
    if name.endswith((".quoted_name", ".conv")) and made.args:
        return made.args[0]
    text = substituted(made)
    return evaluator.outside_call(made) if text is None else text


def _builtin(evaluator: Evaluator, name: str, made: Made) -> Any:
    """A builtin is called."""
    function = BUILTINS.get(name)
    solid = (*CONCRETE, list, tuple, dict)
    if name == "bool" and len(made.args) == 1:
        known = truth(made.args[0])
        return Unknown("a condition that cannot be told", made.at) if known is None else known
    if name in ("frozenset", "list", "set", "sorted", "tuple") and isinstance(made.argument(0), Listing):
        return made.args[0]
    if function is None or not made.complete or not all(isinstance(a, solid) for a in made.args):
        return evaluator.outside_call(made)
    if name in ("all", "any", "str") and not is_known(made.args):
        return Unknown("what is made of a value that cannot be told", made.at)
    return attempt(lambda: function(*made.args, **made.kwargs), made.at)


def _method(evaluator: Evaluator, callee: Method, made: Made) -> Any:
    """A method of a value is called."""
    receiver, name = callee.receiver, callee.name
    if isinstance(receiver, DialectValue) and name == "type_descriptor" and made.args:
        return made.args[0]
    if isinstance(receiver, str) and name in TEXT_METHODS:
        if made.complete and is_known(made.args) and is_known(made.kwargs):
            return attempt(lambda: getattr(receiver, name)(*made.args, **made.kwargs), made.at)
        return Unknown("a text with a part that cannot be told", made.at)
    if isinstance(receiver, list | tuple | dict) and name in OTHER_METHODS | MUTATORS and made.complete:
        if isinstance(receiver, dict) and name in ("items", "keys", "values"):
            return list(getattr(receiver, name)())
        return attempt(lambda: getattr(receiver, name)(*made.args, **made.kwargs), made.at)
    text = substituted(made)
    return evaluator.outside_call(made) if text is None else text
