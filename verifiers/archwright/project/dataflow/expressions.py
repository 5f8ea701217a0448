"""Expressions: what each comes to in a state, and what a condition says about the names in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from archwright.facts import ir
from archwright.project.dataflow.conditions import Outcome, Truth
from archwright.project.dataflow.frame import Frame
from archwright.project.dataflow.objects import Items, extended
from archwright.project.dataflow.state import State, joined
from archwright.project.dataflow.trace import Comparison
from archwright.project.dataflow.values import (
    NONE,
    Args,
    Closure,
    Const,
    Made,
    Operation,
    Sequence,
    Unknown,
    Values,
    const,
    is_none,
    only_text,
    union,
)

if TYPE_CHECKING:
    from archwright.project.dataflow.machine import Machine

_CONSTANTS = {"None": None, "True": True, "False": False}
_UNROLLED = 24


class Expressions:
    """Evaluates."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._truth = Truth(machine, self)
        self._evaluate: dict[type, Callable[[Any, Frame], Values]] = {
            ir.Attr: self._attribute,
            ir.Await: self._await,
            ir.BinOp: self._binary,
            ir.BoolOp: self._boolean,
            ir.Call: self._call,
            ir.Compare: self._compare,
            ir.Comp: self._comprehension,
            ir.Const: self._constant,
            ir.Dict: self._dict,
            ir.FString: self._formatted,
            ir.IfExp: self._conditional,
            ir.Lambda: self._lambda,
            ir.Name: self._name,
            ir.Num: self._number,
            ir.Seq: self._sequence,
            ir.Slice: self._slice,
            ir.Star: self._star,
            ir.Str: self._text,
            ir.Subscript: self._subscript,
            ir.Unary: self._unary,
            ir.Walrus: self._walrus,
            ir.Yield: self._yield,
        }

    def evaluate(self, expr: ir.Expr, frame: Frame) -> Values:
        """The values of *expr*; what evaluating it does is done to the frame's state."""
        if not self._machine.spend():
            return (Unknown("too much to follow"),)
        return self._evaluate[type(expr)](expr, frame)

    def truth(self, test: ir.Expr, frame: Frame) -> Outcome:
        """The states after *test* has come out true, and false; None where it cannot."""
        return self._truth.of(test, frame)

    # --- atoms ---

    def _constant(self, expr: ir.Const, frame: Frame) -> Values:
        if expr.text in _CONSTANTS:
            return const(_CONSTANTS[expr.text])
        return (Const("bytes", expr.text),)

    def _text(self, expr: ir.Str, frame: Frame) -> Values:
        return const(expr.value)

    def _number(self, expr: ir.Num, frame: Frame) -> Values:
        try:
            return const(int(expr.text.replace("_", ""), 0))
        except ValueError:
            return (Const("number", expr.text),)

    def _name(self, expr: ir.Name, frame: Frame) -> Values:
        found = frame.state.names.get(expr.id)
        if found is None:
            found = frame.outer.get(expr.id)
        if found is not None:
            return found
        return self._machine.objects.global_value(expr.id, frame.scope)

    def _lambda(self, expr: ir.Lambda, frame: Frame) -> Values:
        around = {**frame.outer, **frame.state.names}
        return (Closure(frame.scope, expr.params, expr.body, around, frame.scope),)

    def _star(self, expr: ir.Star, frame: Frame) -> Values:
        return self.evaluate(expr.value, frame)

    def _await(self, expr: ir.Await, frame: Frame) -> Values:
        return self.evaluate(expr.value, frame)

    def _walrus(self, expr: ir.Walrus, frame: Frame) -> Values:
        value = self.evaluate(expr.value, frame)
        self._machine.statements.assign(expr.target, value, frame)
        return value

    def _yield(self, expr: ir.Yield, frame: Frame) -> Values:
        value = NONE if expr.value is None else self.evaluate(expr.value, frame)
        if expr.is_from:
            items = self._machine.objects.iterated(value, frame)
            value, order = items.element, items.order_of
        else:
            order = union(*frame.loops) if frame.loops else ()
        frame.yields.append(value)
        frame.yield_order = union(frame.yield_order, order)
        return (Unknown("what is sent"),)

    # --- access ---

    def _attribute(self, expr: ir.Attr, frame: Frame) -> Values:
        func = expr.value
        if isinstance(func, ir.Call) and isinstance(func.func, ir.Name) and func.func.id == "super":
            return self._machine.objects.inherited(expr.name, frame)
        return union(
            *(
                self._machine.objects.attribute(atom, expr.name, frame)
                for atom in self.evaluate(expr.value, frame)
            )
        )

    def _subscript(self, expr: ir.Subscript, frame: Frame) -> Values:
        holders = self.evaluate(expr.value, frame)
        # A subscript of None raises: what comes out is of the others.
        holders = tuple(atom for atom in holders if not is_none(atom)) or holders
        several = len(expr.index) != 1
        key = (Unknown("several indexes"),) if several else self.evaluate(expr.index[0], frame)
        return union(*(self._machine.objects.item(atom, key, frame) for atom in holders))

    def _slice(self, expr: ir.Slice, frame: Frame) -> Values:
        given = [
            self.evaluate(part, frame) for part in (expr.lower, expr.upper, expr.step) if part is not None
        ]
        return (Made("builtins.slice", (), Args(tuple(given))),)

    # --- calls ---

    def _call(self, expr: ir.Call, frame: Frame) -> Values:
        function = self.evaluate(expr.func, frame)
        return self._machine.calls.call_with(function, self.arguments(expr.args, frame), frame, expr.at)

    def arguments(self, args: tuple[ir.Arg, ...], frame: Frame) -> Args:
        """The arguments of a call, lists and dictionaries spread out as far as they are known."""
        positional: list[Values] = []
        further: list[Values] = []
        keywords: dict[str, Values] = {}
        star: Values = ()
        rest: Values = ()
        for arg in args:
            value = self.evaluate(arg.value, frame)
            if arg.star == 1:
                items = self._machine.objects.iterated(value, frame)
                for position, item in enumerate(items.items):
                    if position in items.maybe:
                        star = union(star, item)
                    elif star:
                        further.append(item)
                    else:
                        positional.append(item)
                star = union(star, items.further)
            elif arg.star == 2:
                more, others = self._machine.objects.spread(value, frame)
                keywords.update(more)
                rest = union(rest, others)
            elif arg.keyword:
                keywords[arg.keyword] = value
            elif star:
                further.append(value)
            else:
                positional.append(value)
        return Args(tuple(positional), keywords, star, rest, tuple(further))

    # --- operators ---

    def _binary(self, expr: ir.BinOp, frame: Frame) -> Values:
        left, right = self.evaluate(expr.left, frame), self.evaluate(expr.right, frame)
        if expr.op == "|":
            merged = self._machine.objects.merged(left, right, frame)
            if merged is not None:
                return merged
        if expr.op == "+":
            a, b = only_text(left), only_text(right)
            if a is not None and b is not None:
                return const(a + b)
            chained = self._machine.objects.chained(left, right, frame)
            if chained is not None:
                return chained
        return (Operation(expr.op, (left, right), frame.scope.module, frame.at),)

    def _boolean(self, expr: ir.BoolOp, frame: Frame) -> Values:
        left = self.evaluate(expr.left, frame)
        settled = [self._truth.known((atom,), frame) for atom in left]
        stays = expr.op == "or"
        kept = tuple(atom for atom, known in zip(left, settled, strict=True) if known is not (not stays))
        if all(known is stays for known in settled):
            return left
        outcome = self.truth(expr.left, frame)
        state = outcome.when_false if stays else outcome.when_true
        before = outcome.when_true if stays else outcome.when_false
        if state is None:
            return left
        frame.state = state
        right = self.evaluate(expr.right, frame)
        frame.state = joined([frame.state, before]) or frame.state
        return union(kept, right)

    def _unary(self, expr: ir.Unary, frame: Frame) -> Values:
        operand = self.evaluate(expr.operand, frame)
        if expr.op == "not":
            known = self._truth.known(operand, frame)
            if known is not None:
                return const(not known)
        return (Operation(expr.op, (operand,), frame.scope.module, frame.at),)

    def _compare(self, expr: ir.Compare, frame: Frame) -> Values:
        left = self.evaluate(expr.left, frame)
        found: Values = ()
        for op, right_expr in zip(expr.ops, expr.rights, strict=True):
            right = self.evaluate(right_expr, frame)
            known = self._truth.compared(op, left, right, frame)
            if known is None:
                self._machine.trace.comparisons.append(Comparison(op, left, right, frame.chain, frame.at))
                found = union(found, (Operation(op, (left, right), frame.scope.module, frame.at),))
            else:
                found = union(found, const(known))
            left = right
        return found

    def _conditional(self, expr: ir.IfExp, frame: Frame) -> Values:
        outcome = self.truth(expr.test, frame)
        found: Values = ()
        ends: list[State | None] = []
        for state, branch in ((outcome.when_true, expr.body), (outcome.when_false, expr.orelse)):
            if state is not None:
                frame.state = state
                found = union(found, self.evaluate(branch, frame))
                ends.append(frame.state)
        frame.state = joined(ends) or frame.state
        return found

    # --- displays ---

    def _formatted(self, expr: ir.FString, frame: Frame) -> Values:
        parts = [self.evaluate(part, frame) for part in expr.parts]
        texts = [only_text(part) for part in parts]
        if all(text is not None for text in texts):
            return const("".join(text or "" for text in texts))
        return (Made("builtins.str", (), Args(tuple(parts)), module=frame.scope.module, at=frame.at),)

    def _sequence(self, expr: ir.Seq, frame: Frame) -> Values:
        cell = Sequence(expr.kind)
        for item in expr.items:
            value = self.evaluate(item, frame)
            spread = isinstance(item, ir.Star)
            more = self._machine.objects.iterated(value, frame) if spread else Items((value,))
            cell = extended(cell, more)
        return (self._machine.new_cell(cell, frame.store),)

    def _dict(self, expr: ir.Dict, frame: Frame) -> Values:
        objects = self._machine.objects
        table = objects.table({}, (), frame.store)
        for key, value in zip(expr.keys, expr.values, strict=True):
            if key is None:
                objects.update(table, self.evaluate(value, frame), frame)
            else:
                name = self.evaluate(key, frame)
                objects.set_item(table, name, self.evaluate(value, frame), frame, surely=True)
        return (table,)

    def _comprehension(self, expr: ir.Comp, frame: Frame) -> Values:
        objects = self._machine.objects
        names = dict(frame.state.names)
        table = objects.table({}, (), frame.store)
        items: list[Values] = []
        maybe: set[int] = set()
        further: Values = ()
        order: Values = ()

        def produce(*, surely: bool, placed: bool) -> None:
            nonlocal further
            if expr.kind == "dict" and expr.value is not None:
                key = self.evaluate(expr.elt, frame)
                objects.set_item(table, key, self.evaluate(expr.value, frame), frame, surely=surely)
                return
            value = self.evaluate(expr.elt, frame)
            if not placed:
                further = union(further, value)
                return
            if not surely:
                maybe.add(len(items))
            items.append(value)

        def clause(position: int, *, surely: bool, placed: bool) -> None:
            nonlocal order
            if position == len(expr.clauses):
                produce(surely=surely, placed=placed)
                return
            current = expr.clauses[position]
            source = objects.iterated(self.evaluate(current.iter, frame), frame)
            order = union(order, source.order_of)
            listed = not source.further and len(source.items) <= _UNROLLED
            rounds = source.items if listed else (source.element,)
            for number, item in enumerate(rounds):
                self._machine.statements.assign(current.target, item, frame)
                sure = surely and listed and number not in source.maybe
                for test in current.ifs:
                    outcome = self.truth(test, frame)
                    if outcome.when_true is None:
                        frame.state = outcome.when_false or frame.state
                        break
                    sure = sure and outcome.when_false is None
                    frame.state = outcome.when_true
                else:
                    clause(position + 1, surely=sure, placed=placed and listed)

        clause(0, surely=True, placed=True)
        frame.state.names.clear()
        frame.state.names.update(names)
        if expr.kind == "dict":
            return (table,)
        cell = Sequence(expr.kind, tuple(items), further, frozenset(maybe), order)
        return (self._machine.new_cell(cell, frame.store),)
