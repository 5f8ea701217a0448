"""Conditions: whether they are known to hold, and what follows for names once they have been tested."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.project.dataflow.frame import Frame
from archwright.project.dataflow.state import State, joined
from archwright.project.dataflow.values import (
    Atom,
    Bound,
    Closure,
    Column,
    Const,
    Known,
    Object,
    Ref,
    Sequence,
    Table,
    Token,
    Values,
    is_none,
)
from archwright.project.values import ClassValue, ExternalInstance, FunctionValue, ModuleValue

if TYPE_CHECKING:
    from archwright.project.dataflow.expressions import Expressions
    from archwright.project.dataflow.machine import Machine


class Outcome(NamedTuple):
    """The states after a test; None where it cannot come out so."""

    when_true: State | None
    when_false: State | None


class Truth:
    """Decides conditions as far as they can be decided."""

    def __init__(self, machine: Machine, expressions: Expressions) -> None:
        self._machine = machine
        self._expressions = expressions

    def of(self, test: ir.Expr, frame: Frame) -> Outcome:
        """Evaluates *test*; both states are independent of each other."""
        if isinstance(test, ir.Unary) and test.op == "not":
            inner = self.of(test.operand, frame)
            return Outcome(inner.when_false, inner.when_true)
        if isinstance(test, ir.BoolOp):
            return self._both(test, frame)
        values = self._expressions.evaluate(test, frame)
        known = self.known(values, frame)
        if known is not None:
            return Outcome(frame.state, None) if known else Outcome(None, frame.state)
        other = frame.state.copy()
        self._narrow(test, frame.state, frame, holds=True)
        self._narrow(test, other, frame, holds=False)
        return Outcome(frame.state, other)

    def known(self, values: Values, frame: Frame) -> bool | None:
        """Whether a value is true; None when that depends."""
        answers = {self._atom(atom, frame) for atom in values}
        return answers.pop() if len(answers) == 1 else None

    def compared(self, op: str, left: Values, right: Values, frame: Frame) -> bool | None:
        """What a comparison comes to; None when that depends."""
        if op in ("is", "is not", "==", "!="):
            same = self._same(left, right, frame)
            return same if same is None or op in ("is", "==") else not same
        if op in ("in", "not in") and len(right) == 1 and isinstance(right[0], Ref):
            found = self._contained(left, right[0], frame)
            return found if found is None or op == "in" else not found
        return None

    def _both(self, test: ir.BoolOp, frame: Frame) -> Outcome:
        first = self.of(test.left, frame)
        goes_on = first.when_true if test.op == "and" else first.when_false
        settled = first.when_false if test.op == "and" else first.when_true
        if goes_on is None:
            return first
        frame.state = goes_on
        second = self.of(test.right, frame)
        if test.op == "and":
            return Outcome(second.when_true, joined([settled, second.when_false]))
        return Outcome(joined([settled, second.when_true]), second.when_false)

    def _atom(self, atom: Atom, frame: Frame) -> bool | None:
        if isinstance(atom, Const):
            return bool(atom.value) if atom.kind not in ("bytes", "number") else None
        if isinstance(atom, Token):
            return None if atom.raw else True  # a client may leave it out
        if isinstance(atom, Bound | Closure):
            return True
        if isinstance(atom, Known):
            return True if isinstance(atom.value, FunctionValue | ClassValue | ModuleValue) else None
        if isinstance(atom, Ref):
            cell = self._machine.cell(atom, frame)
            if isinstance(cell, Table):
                if any(key not in cell.maybe for key in cell.entries):
                    return True
                return None if cell.entries or cell.rest else False
            if isinstance(cell, Sequence):
                if cell.kind == "generator":
                    return None
                if any(position not in cell.maybe for position in range(len(cell.items))):
                    return True
                return False if cell.exact else None
            # An object nobody has looked into may be one that was not found.
            return True if isinstance(cell, Object) and cell.exact else None
        return None

    def _same(self, left: Values, right: Values, frame: Frame) -> bool | None:
        answers = {self._equal(a, b, frame) for a in left for b in right}
        return answers.pop() if len(answers) == 1 else None

    def _equal(self, a: Atom, b: Atom, frame: Frame) -> bool | None:
        if isinstance(a, Const) and isinstance(b, Const):
            if a.kind in ("bytes", "number") or b.kind in ("bytes", "number"):
                return True if a == b else None
            return bool(a.value == b.value)
        if is_none(b):
            a, b = b, a
        if is_none(a):
            cell = self._machine.cell(b, frame) if isinstance(b, Ref) else None
            sure = isinstance(b, Bound | Closure | Column) or isinstance(cell, Table | Sequence)
            sure = sure or (isinstance(b, Token) and not b.raw)
            sure = sure or (isinstance(cell, Object) and cell.exact)
            if isinstance(b, Known):
                sure = not isinstance(b.value, ExternalInstance)
            return False if sure else None
        if _is_definition(a) and _is_definition(b):
            return a == b
        return True if a is b and isinstance(a, Token | Ref) else None

    def _contained(self, left: Values, holder: Ref, frame: Frame) -> bool | None:
        cell = self._machine.cell(holder, frame)
        if len(left) != 1 or not (isinstance(left[0], Const) or _is_definition(left[0])):
            return None
        if isinstance(cell, Table) and isinstance(left[0], Const):
            if left[0] in cell.entries:
                return None if left[0] in cell.maybe else True
            return None if cell.rest else False
        if isinstance(cell, Sequence) and cell.exact:
            answers = {self._same(left, item, frame) for item in cell.items}
            return True if True in answers else None if None in answers else False
        return None

    # --- what a test says about a name ---

    def _narrow(self, test: ir.Expr, state: State, frame: Frame, *, holds: bool) -> None:
        if isinstance(test, ir.Name):
            self._keep(test, state, lambda atom: self._atom(atom, frame) is not (not holds))
            named = self._named(test, frame)
            if named is not None:
                self._narrow(named, state, frame, holds=holds)
        elif isinstance(test, ir.Unary) and test.op == "not":
            self._narrow(test.operand, state, frame, holds=not holds)
        elif isinstance(test, ir.BoolOp) and holds == (test.op == "and"):
            self._narrow(test.left, state, frame, holds=holds)
            self._narrow(test.right, state, frame, holds=holds)
        elif isinstance(test, ir.Walrus):
            self._narrow(test.target, state, frame, holds=holds)
        elif (
            isinstance(test, ir.Compare)
            and len(test.ops) == 1
            and test.ops[0] in ("is", "is not", "==", "!=")
        ):
            wanted = holds == (test.ops[0] in ("is", "=="))
            if test.rights[0] == ir.Const("None"):
                name = test.left.target if isinstance(test.left, ir.Walrus) else test.left
                none = Const("NoneType", None)
                self._keep(name, state, lambda atom: self._equal(atom, none, frame) is not (not wanted))
            elif isinstance(test.rights[0], ir.Str):
                text = Const("str", test.rights[0].value)
                self._keep(test.left, state, lambda atom: self._equal(atom, text, frame) is not (not wanted))

    @staticmethod
    def _named(name: ir.Name, frame: Frame) -> ir.Expr | None:
        """The condition a name was given, where that and all it is about have one value each; None for other names."""
        bound = frame.scope.names.bound
        how = bound.get(name.id, ())
        value = how[0].value if len(how) == 1 and how[0].kind == "assign" else None
        if not isinstance(value, ir.Compare | ir.Unary | ir.BoolOp):
            return None
        inside = [node.id for node in walk(value) if isinstance(node, ir.Name)]
        return value if all(len(bound.get(n, ())) <= 1 and n != name.id for n in inside) else None

    @staticmethod
    def _keep(name: ir.Expr, state: State, fits: Callable[[Atom], bool]) -> None:
        if isinstance(name, ir.Name) and name.id in state.names:
            kept = tuple(atom for atom in state.names[name.id] if fits(atom))
            if kept:
                state.names[name.id] = kept


def _is_definition(atom: Atom) -> bool:
    """Whether an alternative is one class or function of this code base, the same wherever it is named."""
    return isinstance(atom, Known) and isinstance(atom.value, FunctionValue | ClassValue)
