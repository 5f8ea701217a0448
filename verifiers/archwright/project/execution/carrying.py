"""Policies: entering only what can carry keys, texts or callables further, or give some back; or everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.execution.frame import Key
from archwright.project.execution.heap import reachable
from archwright.project.execution.policy import Policy, Visit
from archwright.project.execution.values import Function, LambdaFunction, Partial, Ref, Value
from archwright.project.types.values import InstanceValue

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine

_SHORT = 4
"""Statements of a function that only makes a value, not counting those that name a part of it: a thorough run enters it."""
_CARRIERS = frozenset({"dict", "Mapping", "MutableMapping", "tuple", "Any", "OrderedDict", "defaultdict"})


def everything(machine: Machine, visit: Visit) -> bool:
    """Every function is entered."""
    return True


def apart(
    enter: frozenset[Key] = frozenset(),
    avoid: frozenset[Key] = frozenset(),
    *,
    thorough: bool = False,
    tracing: bool = False,
    asserts: bool = True,
) -> Policy:
    """Paths are kept apart, and only what carries something is entered.

    *enter*: functions to enter whatever they look like; *avoid*: functions not to enter; *thorough*: enter short functions,
    too; *tracing*: enter only what entries with an origin come to; *asserts*: whether assertions hold.
    """
    return Policy(_Carrying(enter, avoid, thorough=thorough, tracing=tracing), asserts=asserts)


def together() -> Policy:
    """Paths are joined where they meet, every function is entered, and what other packages make is kept as a term."""
    return Policy(everything, paths=1, budget=20_000, guess_budget=6_000, depth=48, terms=True, guesses=True)


class _Carrying:
    """Whether a function can carry keys, texts or callables further, or give some back."""

    def __init__(
        self, enter: frozenset[Key], avoid: frozenset[Key], *, thorough: bool, tracing: bool
    ) -> None:
        self._enter = enter
        self._avoid = avoid
        self._thorough = thorough
        self._tracing = tracing

    def __call__(self, machine: Machine, visit: Visit) -> bool:
        """Whether it is worth entering."""
        callee, scope, args = visit.callee, visit.scope, visit.args
        key = (callee.module, callee.qualname)
        if (
            visit.frame.times(key) >= 1 + machine.policy.recursions
            or visit.frame.depth >= machine.policy.depth
        ):
            return False
        if machine.is_spent:
            return False
        if key in self._avoid:
            return False
        if key in self._enter or callee.captured:
            return True
        if (args.spread and not self._tracing) or any(e.origin for e in args.keywords.values()):
            return True
        given = [*args.positional, *(e.value for e in args.keywords.values())]
        if any(self._carries(machine, value, visit) for value in given):
            return True
        if self._thorough and _is_short(scope):
            return True
        if self._tracing and scope.module != machine.home:
            # Other constructors of a class are what says how an operation ended.
            makes = scope.decorated("staticmethod") or scope.decorated("classmethod")
            return scope.owner is not None and makes and _is_short(scope)
        returns = scope.node.returns if isinstance(scope.node, ir.FunctionDef) else None
        return returns is None or _may_carry(returns) or _makes_carrier(machine, returns, scope)

    def _carries(self, machine: Machine, value: Value, visit: Visit) -> bool:
        for alternative in value:
            if isinstance(alternative, LambdaFunction | Partial) or (
                isinstance(alternative, Function) and (alternative.captured or alternative.receiver)
            ):
                return True
            if isinstance(alternative, Ref):
                for loc in reachable((alternative,), machine.objects(visit.state)):
                    found = machine.object(Ref(loc), visit.state)
                    if found.kind == "dict" and (
                        not self._tracing or any(e.origin for e in found.entries.values())
                    ):
                        return True
        return False


def _makes_carrier(machine: Machine, returns: ir.Expr, scope: Scope) -> bool:
    """Whether the declared result is an object with a dictionary in it."""
    for value in machine.inference.types(returns, scope):
        if isinstance(value, InstanceValue):
            data = machine.data.of(value.cls.qualified)
            if data is not None and (machine.in_module or any(_may_carry(f.annotation) for f in data.fields)):
                return True
    return False


def _is_short(scope: Scope) -> bool:
    named = sum(
        isinstance(s, ir.Assign) and all(isinstance(t, ir.Name) for t in s.targets) for s in scope.body
    )
    return len(scope.body) - named <= _SHORT


def _may_carry(annotation: ir.Expr) -> bool:
    """Whether an annotation, as written, admits a dictionary."""
    if isinstance(annotation, ir.Str):
        return any(word in annotation.value for word in _CARRIERS)
    if isinstance(annotation, ir.BinOp):
        return _may_carry(annotation.left) or _may_carry(annotation.right)
    if isinstance(annotation, ir.Subscript):
        head = (ir.dotted(annotation.value) or "").rpartition(".")[2]
        return head in _CARRIERS or any(map(_may_carry, annotation.index))
    return (ir.dotted(annotation) or "").rpartition(".")[2] in _CARRIERS
