"""Functions given to a call: they may run because of it, here or later."""

from __future__ import annotations

from archwright.facts import ir
from archwright.project.effects import catalogue
from archwright.project.effects.arguments import is_partial
from archwright.project.effects.body import Body
from archwright.project.effects.facts import Effect, EffectSite
from archwright.project.types.values import (
    ClassValue,
    ExternalInstance,
    ExternalValue,
    FunctionValue,
    InstanceValue,
)


class Callbacks:
    """Reads what the calls of one body are given."""

    def __init__(self, body: Body) -> None:
        self._body = body

    def read(self, call: ir.Call, names: list[str]) -> None:
        """Adds what *call*, which may be one of the external *names*, is given to run."""
        body = self._body
        last = call.func.name if isinstance(call.func, ir.Attr) else ""
        handed_off = any(name in catalogue.HAND_OFF for name in names) or last in catalogue.HAND_OFF_MEMBERS
        if "builtins.type" in names and len(call.args) == 3:
            self._methods(call.args[2].value, call.at)
        for position, arg in enumerate(call.args):
            value = arg.value
            if isinstance(value, ir.Call) and not is_partial(value):
                self._caller(value, call.at)
                continue
            if not isinstance(value, ir.Name | ir.Attr | ir.Call):
                continue
            for given in sorted(body.inference.evaluate(value, body.scope), key=repr):
                if isinstance(given, FunctionValue):
                    body.edges.add(
                        given.module,
                        given.qualname,
                        "passes on",
                        call.at,
                        handed_off=handed_off,
                        given=call.args[position + 1 :],
                        skipped=int(given.bound) + (last == "run_sync"),
                    )
                elif isinstance(given, ClassValue) and catalogue.CALLS_ARGUMENT.intersection(names):
                    body.edges.value(given, call.at, "passes on")
                elif isinstance(given, InstanceValue):
                    body.edges.methods(given, "__call__", "passes on", call.at, handed_off=handed_off)
                elif isinstance(given, ExternalValue):
                    effect = catalogue.called_effect(given.name)
                    if effect is not None:
                        body.add(effect, given.name, call.at, blocking=False if handed_off else None)

    def _methods(self, namespace: ir.Expr, at: ir.Span) -> None:
        """``type("Order", (), {"end": end})``: what is put into a class may be called on its instances."""
        for value in namespace.values if isinstance(namespace, ir.Dict) else ():
            for given in sorted(self._body.inference.evaluate(value, self._body.scope), key=repr):
                if isinstance(given, FunctionValue):
                    self._body.edges.add(given.module, given.qualname, "passes on", at)
                elif isinstance(given, ExternalValue):
                    self._body.by_names((given.name,), at)
                    self._body.foreign(given.name, at)

    def _caller(self, made: ir.Call, at: ir.Span) -> None:
        """``operator.methodcaller("commit")`` handed on: who is asked is not known."""
        body = self._body
        if ExternalInstance("operator.methodcaller") in body.inference.evaluate(made, body.scope):
            for name in sorted(body.inference.reflection.names_given(made, body.scope)):
                if name in catalogue.TELLING:
                    body.site(EffectSite((Effect(catalogue.TELLING[name]),), False, f"….{name}", at))
