"""Statements: how each changes the state, and by which ways control leaves it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from archwright.facts import ir
from archwright.project.dataflow.frame import Frame
from archwright.project.dataflow.objects import Items
from archwright.project.dataflow.state import State, joined
from archwright.project.dataflow.values import (
    NONE,
    Closure,
    Known,
    Method,
    Operation,
    Ref,
    Sequence,
    Table,
    Unknown,
    Values,
    union,
)
from archwright.project.values import ClassValue, FunctionValue

if TYPE_CHECKING:
    from archwright.project.dataflow.machine import Machine

_ROUNDS = 2
_UNROLLED = 24


class Statements:
    """Follows bodies."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._follow: dict[type, Callable[[Any, Frame], bool]] = {
            ir.AnnAssign: self._annotated,
            ir.Assert: self._assert,
            ir.Assign: self._assign,
            ir.AugAssign: self._augmented,
            ir.ClassDef: self._definition,
            ir.Delete: self._delete,
            ir.ExprStmt: self._expression,
            ir.For: self._for,
            ir.FunctionDef: self._definition,
            ir.If: self._if,
            ir.Import: self._nothing,
            ir.ImportFrom: self._nothing,
            ir.Jump: self._jump,
            ir.Match: self._match,
            ir.Raise: self._raise,
            ir.Return: self._return,
            ir.ScopeDecl: self._nothing,
            ir.Try: self._try,
            ir.TypeAlias: self._nothing,
            ir.While: self._while,
            ir.With: self._with,
        }

    def body(self, frame: Frame) -> Values:
        """Follows the whole body of *frame*; what it returns. The frame's state is then that of its end."""
        fell_through = self.block(frame.scope.body, frame)
        return self.finished(frame, fell_through)

    def finished(self, frame: Frame, fell_through: bool) -> Values:
        """What a body returns by all its ways out."""
        ends: list[State | None] = [state for _, state in frame.returns]
        values = union(*(value for value, _ in frame.returns)) if frame.returns else ()
        if fell_through:
            ends.append(frame.state)
            values = union(values, NONE)
        end = joined(ends)
        if end is not None:
            frame.state = end
        if frame.yields:
            items = union(*frame.yields)
            cell = Sequence("generator", (), items, frozenset(), frame.yield_order)
            return (self._machine.new_cell(cell, frame.store),)
        return values

    def block(self, body: tuple[ir.Stmt, ...], frame: Frame) -> bool:
        """Follows statements in order; False when control does not come out at the end."""
        for statement in body:
            if not self._machine.spend():
                return False
            at = getattr(statement, "at", None)
            if at is not None:
                frame.at = at
            if not self._follow[type(statement)](statement, frame):
                return False
        return True

    # --- simple statements ---

    def _nothing(self, statement: Any, frame: Frame) -> bool:
        return True

    def _expression(self, statement: ir.ExprStmt, frame: Frame) -> bool:
        self._value(statement.value, frame)
        return True

    def _assign(self, statement: ir.Assign, frame: Frame) -> bool:
        value = self._value(statement.value, frame)
        for target in statement.targets:
            self.assign(target, value, frame)
        return True

    def _annotated(self, statement: ir.AnnAssign, frame: Frame) -> bool:
        if statement.value is not None:
            self.assign(statement.target, self._value(statement.value, frame), frame)
        return True

    def _augmented(self, statement: ir.AugAssign, frame: Frame) -> bool:
        operator = {"Add": "+", "BitOr": "|"}.get(statement.op, statement.op)
        left, right = self._value(statement.target, frame), self._value(statement.value, frame)
        for atom in left:
            if isinstance(atom, Ref) and operator in ("+", "|"):
                # Lists grow and dictionaries are updated in place.
                name = "update" if isinstance(self._machine.cell(atom, frame), Table) else "extend"
                self._machine.library.method(Method(atom, name), (right,), frame)
                if len(left) == 1:
                    return True
        value = (Operation(operator, (left, right), frame.scope.module, frame.at),)
        self.assign(statement.target, value, frame)
        return True

    def _return(self, statement: ir.Return, frame: Frame) -> bool:
        value = NONE if statement.value is None else self._value(statement.value, frame)
        frame.returns.append((value, frame.state))
        return False

    def _raise(self, statement: ir.Raise, frame: Frame) -> bool:
        if statement.exc is not None:
            self._value(statement.exc, frame)
        return False

    def _assert(self, statement: ir.Assert, frame: Frame) -> bool:
        outcome = self._machine.expressions.truth(statement.test, frame)
        if outcome.when_true is None:
            return False
        frame.state = outcome.when_true
        return True

    def _delete(self, statement: ir.Delete, frame: Frame) -> bool:
        for target in statement.targets:
            if isinstance(target, ir.Name):
                frame.state.names.pop(target.id, None)
            elif isinstance(target, ir.Subscript):
                holders = self._value(target.value, frame)
                keys = self._value(target.index[0], frame)
                for atom in holders:
                    self._machine.library.method(Method(atom, "pop"), (keys,), frame)
        return True

    def _jump(self, statement: ir.Jump, frame: Frame) -> bool:
        (frame.breaks if statement.kind == "break" else frame.continues).append(frame.state)
        return False

    def _definition(self, statement: ir.FunctionDef | ir.ClassDef, frame: Frame) -> bool:
        inner = self._machine.inference.index(frame.scope.module).by_node.get(id(statement))
        if inner is None:
            frame.state.names[statement.name] = (Unknown(f"`{statement.name}`"),)
            return True
        value: Values
        if isinstance(statement, ir.ClassDef):
            value = (Known(ClassValue(inner.module, inner.qualname)),)
        elif frame.scope.kind == "module":
            value = (Known(FunctionValue(inner.module, inner.qualname)),)
        else:
            around = {**frame.outer, **frame.state.names}
            value = (Closure(frame.scope, statement.params, statement.body, around, inner),)
        for decorator in statement.decorators:
            # What registers a function does so by decorating it.
            self._machine.calls.call(self._value(decorator, frame), (value,), frame, statement.at)
        frame.state.names[statement.name] = value
        return True

    # --- branches ---

    def _if(self, statement: ir.If, frame: Frame) -> bool:
        outcome = self._machine.expressions.truth(statement.test, frame)
        ends: list[State | None] = []
        for state, body in ((outcome.when_true, statement.body), (outcome.when_false, statement.orelse)):
            if state is not None:
                frame.state = state
                ends.append(frame.state if self.block(body, frame) else None)
        return self._continue(ends, frame)

    def _match(self, statement: ir.Match, frame: Frame) -> bool:
        subject = self._value(statement.subject, frame)
        before, ends = frame.state, list[State | None]()
        exhaustive = False
        for case in statement.cases:
            frame.state = before.copy()
            for name in case.binds:
                frame.state.names[name] = union(subject, (Unknown("part of what is matched"),))
            if case.guard is not None:
                outcome = self._machine.expressions.truth(case.guard, frame)
                if outcome.when_true is None:
                    continue
                frame.state = outcome.when_true
            elif case.irrefutable:
                exhaustive = True
            ends.append(frame.state if self.block(case.body, frame) else None)
        if not exhaustive:
            ends.append(before)
        return self._continue(ends, frame)

    def _try(self, statement: ir.Try, frame: Frame) -> bool:
        reached: list[State | None] = [frame.state.copy()]
        alive = True
        for inner in statement.body:
            alive = self.block((inner,), frame)
            reached.append(frame.state.copy())
            if not alive:
                break
        ends: list[State | None] = []
        if alive:
            ends.append(frame.state if self.block(statement.orelse, frame) else None)
        for handler in statement.handlers:
            start = joined(reached)
            if start is None:
                continue
            frame.state = start.copy()
            if handler.name:
                frame.state.names[handler.name] = (Unknown("an exception"),)
            ends.append(frame.state if self.block(handler.body, frame) else None)
        came_out = self._continue(ends, frame)
        if not came_out:
            # The last block runs on the way out, too.
            state = joined(reached)
            if statement.final and state is not None:
                frame.state = state.copy()
                self.block(statement.final, frame)
            return False
        return self.block(statement.final, frame)

    def _with(self, statement: ir.With, frame: Frame) -> bool:
        for item in statement.items:
            entered = self._machine.objects.entered(self._value(item.expr, frame), frame)
            if item.target is not None:
                self.assign(item.target, entered, frame)
        return self.block(statement.body, frame)

    def _continue(self, ends: list[State | None], frame: Frame) -> bool:
        after = joined(ends)
        if after is None:
            return False
        frame.state = after
        return True

    # --- loops ---

    def _for(self, statement: ir.For, frame: Frame) -> bool:
        items = self._machine.objects.iterated(self._value(statement.iter, frame), frame)
        frame.loops.append(items.order_of)
        try:
            if not items.further and len(items.items) <= _UNROLLED:
                return self._unrolled(statement, items, frame)
            return self._repeated(
                statement, lambda: self._bind_element(statement, items.element, frame), frame
            )
        finally:
            frame.loops.pop()

    def _bind_element(
        self, statement: ir.For, element: Values, frame: Frame
    ) -> tuple[State | None, State | None]:
        skipped = frame.state.copy()
        self.assign(statement.target, element, frame)
        return frame.state, skipped

    def _unrolled(self, statement: ir.For, items: Items, frame: Frame) -> bool:
        outer = frame.breaks, frame.continues
        frame.breaks = []
        alive = True
        for position, item in enumerate(items.items):
            frame.continues = []
            skipped = frame.state.copy() if position in items.maybe else None
            self.assign(statement.target, item, frame)
            alive = self.block(statement.body, frame)
            alive = self._continue([frame.state if alive else None, *frame.continues, skipped], frame)
            if not alive:
                break
        broken = list(frame.breaks)
        frame.breaks, frame.continues = outer
        if alive:
            alive = self.block(statement.orelse, frame)
        return self._continue([frame.state if alive else None, *broken], frame)

    def _while(self, statement: ir.While, frame: Frame) -> bool:
        def enter() -> tuple[State | None, State | None]:
            outcome = self._machine.expressions.truth(statement.test, frame)
            return outcome.when_true, outcome.when_false

        return self._repeated(statement, enter, frame)

    def _repeated(
        self,
        statement: ir.For | ir.While,
        enter: Callable[[], tuple[State | None, State | None]],
        frame: Frame,
    ) -> bool:
        """A loop of unknown length: none, one or more rounds."""
        outer = frame.breaks, frame.continues
        frame.breaks, frame.continues = [], []
        done: list[State | None] = []
        alive = True
        for _ in range(_ROUNDS):
            entered, finished = enter()
            done.append(None if finished is None else finished.copy())
            if entered is None:
                alive = False
                break
            frame.state = entered
            alive = self.block(statement.body, frame)
            alive = self._continue([frame.state if alive else None, *frame.continues], frame)
            frame.continues = []
            if not alive:
                break
        if alive:
            entered, finished = enter()
            done.append(finished)
        broken = list(frame.breaks)
        frame.breaks, frame.continues = outer
        alive = self._continue(done, frame)
        if alive:
            alive = self.block(statement.orelse, frame)
        return self._continue([frame.state if alive else None, *broken], frame)

    # --- targets ---

    def assign(self, target: ir.Expr, value: Values, frame: Frame) -> None:
        """Binds *target* to *value*."""
        if isinstance(target, ir.Name):
            frame.state.names[target.id] = value
        elif isinstance(target, ir.Attr):
            for atom in (holders := self._value(target.value, frame)):
                self._machine.objects.set_field(atom, target.name, value, frame, surely=len(holders) == 1)
        elif isinstance(target, ir.Subscript):
            keys = self._value(target.index[0], frame)
            for atom in (holders := self._value(target.value, frame)):
                self._machine.objects.set_item(atom, keys, value, frame, surely=len(holders) == 1)
        elif isinstance(target, ir.Star):
            self.assign(target.value, value, frame)
        elif isinstance(target, ir.Seq):
            items = self._machine.objects.iterated(value, frame)
            starred = any(isinstance(item, ir.Star) for item in target.items)
            exact = items.known if not starred and items.known is not None else None
            for position, item in enumerate(target.items):
                if exact is not None and position < len(exact):
                    self.assign(item, exact[position], frame)
                elif isinstance(item, ir.Star):
                    rest = (self._machine.objects.sequence("list", None, items.element, frame.store),)
                    self.assign(item, rest, frame)
                else:
                    self.assign(item, items.element, frame)

    def _value(self, expr: ir.Expr, frame: Frame) -> Values:
        return self._machine.expressions.evaluate(expr, frame)
