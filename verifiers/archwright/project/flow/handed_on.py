"""What calls run at once that they are handed: functions, and what lambdas call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archwright.facts import ir
from archwright.facts.walk import children
from archwright.project.effects.catalogue import HAND_OFF
from archwright.project.substitution import substitute

_SESSION = ir.Name("<session>")
"""What a bridge gives first; it has no name where the call is made."""
_RUNS_LATER = frozenset({"asgiref.sync.sync_to_async"})
_BRIDGES = frozenset({"run_sync"})
_BRIDGED = ("sqlalchemy.", "sqlmodel.")
_EXECUTORS = frozenset({"run_in_executor"})
_STARTERS = frozenset({"start_soon", "start"})


def handed_on(call: ir.Call, names: set[str]) -> tuple[ir.Call, ...]:
    """The calls that waiting for *call*, of one of the external *names*, has made by then; none where it only may make them."""
    if not names or any(arg.star or arg.keyword for arg in call.args):
        return ()
    if names <= HAND_OFF - _RUNS_LATER:
        return _calls_of(call, 0)
    if all(name.startswith(_BRIDGED) and _last(name) in _BRIDGES for name in names):
        return _calls_of(call, 0, (_SESSION,))
    if all(name.startswith("asyncio.") and _last(name) in _EXECUTORS for name in names):
        return _calls_of(call, 1)
    return ()


def may_be_handed_on(call: ir.Call) -> tuple[ir.Call, ...]:
    """The calls that waiting for *call* may have made, by what it is called."""
    last = call.func.name if isinstance(call.func, ir.Attr) else ""
    if last in _BRIDGES:
        return _calls_of(call, 0, (_SESSION,))
    return _calls_of(call, 1) if last in _EXECUTORS else ()


def begun_by(call: ir.Call) -> tuple[ir.Call, ...]:
    """The calls whose end a group of tasks waits for that is told to begin them by *call*."""
    first = call.args[0].value if call.args and not call.args[0].star else None
    if isinstance(call.func, ir.Attr) and call.func.name in _STARTERS:
        return _calls_of(call, 0)
    return (first,) if isinstance(first, ir.Call) else ()


def _calls_of(call: ir.Call, position: int, given: tuple[ir.Expr, ...] = ()) -> tuple[ir.Call, ...]:
    """What calling the argument at *position*, with *given* and the further arguments, calls."""
    if len(call.args) <= position:
        return ()
    function, further = call.args[position].value, call.args[position + 1 :]
    if isinstance(function, ir.Lambda):
        parameters = {param.name for param in function.params}

        def inside(name: str) -> ir.Expr | None:
            return ir.Name(f"<{name}>") if name in parameters else None

        return tuple(made for made in _surely_made(substitute(function.body, inside)))
    if not isinstance(function, ir.Name | ir.Attr):
        return ()
    return (ir.Call(function, (*(ir.Arg(one) for one in given), *further), call.at),)


def _surely_made(expr: Any) -> Iterator[ir.Call]:
    """The calls that evaluating *expr* makes whatever its parts are."""
    if isinstance(expr, ir.Lambda):
        return
    if isinstance(expr, ir.BoolOp):
        yield from _surely_made(expr.left)
    elif isinstance(expr, ir.IfExp):
        yield from _surely_made(expr.test)
    elif isinstance(expr, ir.Comp):
        yield from _surely_made(expr.clauses[0].iter)
    else:
        for part in children(expr):
            yield from _surely_made(part)
        if isinstance(expr, ir.Call):
            yield expr


def _last(name: str) -> str:
    return name.rpartition(".")[2]
