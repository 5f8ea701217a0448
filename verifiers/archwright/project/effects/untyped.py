"""Calls on things of unknown type: what their names, or what they are looked up on, say they may do."""

from __future__ import annotations

from functools import cached_property

from archwright.facts import ir
from archwright.project.effects import catalogue
from archwright.project.effects.arguments import receiver_of
from archwright.project.effects.body import Body
from archwright.project.effects.facts import Effect, EffectSite
from archwright.project.effects.possible_calls import PossibleCalls
from archwright.project.effects.telling import STATEMENT, OtherObjects, told_by_session
from archwright.project.types.values import (
    UNKNOWN,
    ClassValue,
    ExternalInstance,
    InstanceValue,
    Values,
    is_unbound,
)


class UntypedCalls:
    """Reads the calls of one body that may go anywhere."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._possible = PossibleCalls(body.inference, body.scope, body.edges)

    def read(self, call: ir.Call, values: Values, names: list[str], *, known: bool) -> None:
        """Adds what *call* may do besides what *values* say; *known*: they say enough not to go by its name."""
        unresolved = UNKNOWN in values or any(map(is_unbound, values))
        if unresolved:
            self._possible.of(call)
            self._looked_up(call)
            if UNKNOWN in values and self._possible.is_picked(call.func):
                self._body.anything(_written(call.func), call.at)
        if not known and (unresolved or any(catalogue.is_opaque(name) for name in names)):
            self._telling(call, unresolved=unresolved)

    def _may_be_session(self, call: ir.Call, last: str) -> bool:
        """Whether the arguments are none that only another object takes: ``get`` of a session begins with a class."""
        given = next((arg.value for arg in call.args if arg.keyword is None), None)
        if last != "get" or given is None:
            return last != "get"
        return any(isinstance(v, ClassValue) for v in self._body.inference.evaluate(given, self._body.scope))

    @cached_property
    def _others(self) -> OtherObjects:
        return OtherObjects(self._body.scope.body)

    def _looked_up(self, call: ir.Call) -> None:
        """Members of a known object that are called by a text nobody knows: any of them may be meant."""
        body = self._body
        for value in sorted(body.inference.reflection.open_owners(call.func, body.scope), key=repr):
            if isinstance(value, ExternalInstance):
                effects = tuple(map(Effect, catalogue.effects_of_members(value.name)))
                if effects:
                    body.site(EffectSite(effects, False, f"{value.name}.…", call.at))

    def _telling(self, call: ir.Call, *, unresolved: bool) -> None:
        """A call on something of unknown type whose name says what it would do."""
        receiver, last = receiver_of(call.func)
        if receiver is None:
            return
        what = f"{ir.dotted(receiver) or '…'}.{last}"
        told = told_by_session(call)
        if told is None and unresolved and self._body.maps_rows and self._may_be_session(call, last):
            told = told_by_session(call, self._others)
        if last in catalogue.TELLING_STATEMENTS or told == STATEMENT:
            first = call.args[0].value if call.args else None
            if last.endswith("scalars") and (first is None or isinstance(first, ir.Num)):
                return  # rows of a result, by the position of a column; a session's own needs a statement
            for effects, _ in self._body.statements.read(first, self._body.scope, text=True):
                self._body.possible(effects, what, call)
        elif last in catalogue.TELLING:
            self._body.possible((Effect(catalogue.TELLING[last]),), what, call)
        else:
            table = self._added(call) if last in ("add", "delete", "merge", "add_all") else ""
            if told or table:
                self._body.possible((Effect(told or "db.write", table),), what, call)

    def _added(self, call: ir.Call) -> str:
        """The table of the row a call is given."""
        if not call.args:
            return ""
        values = self._body.inference.evaluate(call.args[0].value, self._body.scope)
        return self._body.statements.table(frozenset(v for v in values if isinstance(v, InstanceValue)))


def _written(func: ir.Expr) -> str:
    """What is called, as far as it has names."""
    if isinstance(func, ir.Subscript):
        return f"{ir.dotted(func.value) or '…'}[…]"
    if isinstance(func, ir.Call):
        return f"{ir.dotted(func.func) or '…'}(…)"
    return ir.dotted(func) or "…"
