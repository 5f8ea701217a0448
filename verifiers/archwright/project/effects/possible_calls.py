"""What a call on an object of unknown type may run: the methods of this code base that are called so and take its arguments."""

from __future__ import annotations

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.effects.arguments import receiver_of
from archwright.project.effects.edges import Edges
from archwright.project.types.inference import Inference
from archwright.project.types.signatures import given_by
from archwright.project.types.values import UNKNOWN, ExternalValue, FunctionValue, is_unbound

_OF_CONTAINERS = frozenset(
    name for kind in (dict, list, set, str, bytes, tuple) for name in dir(kind) if not name.startswith("_")
)
"""Methods that nearly every object of unknown type has: what is called so is a dictionary, a list or a text."""


class PossibleCalls:
    """Finds them for the calls of one body."""

    def __init__(self, inference: Inference, scope: Scope, edges: Edges) -> None:
        self._inference = inference
        self._scope = scope
        self._edges = edges

    def is_picked(self, func: ir.Expr) -> bool:
        """Whether what is called was taken out of a container: ``for handler in HANDLERS: handler()``, ``TABLE[key]()``."""
        if isinstance(func, ir.Call):
            return isinstance(func.func, ir.Attr) and func.func.name in ("get", "pop")
        if isinstance(func, ir.Name):
            if self._inference.clause_of(func, self._scope) is not None:
                return True
            return any(
                how.kind == "for" or (how.kind == "assign" and isinstance(how.value, ir.Subscript))
                for how in self._scope.names.bound.get(func.id, ())
            )
        return isinstance(func, ir.Subscript)

    def of(self, call: ir.Call) -> None:
        """Adds what *call*, whose receiver is not known, may run."""
        receiver, name = receiver_of(call.func)
        if receiver is not None and self._is_inherited(call.func, receiver):
            return
        if receiver is not None and not name.startswith("__") and name not in _OF_CONTAINERS:
            self._edges.possible(self._inference.members.taking(name, given_by(call)), call.at)
        picked = sorted(self._inference.picked_from(call.func, self._scope), key=repr)
        functions = [(v.module, v.qualname) for v in picked if isinstance(v, FunctionValue)]
        self._edges.possible(functions, call.at)

    def _is_inherited(self, func: ir.Expr, receiver: ir.Expr) -> bool:
        """Whether a method is one that a known class has from a base of another package: nobody else's is meant."""
        if UNKNOWN in self._inference.evaluate(receiver, self._scope):
            return False
        members = self._inference.evaluate(func, self._scope)
        return any(isinstance(v, ExternalValue) and not is_unbound(v) for v in members)
