"""The steps that evaluating an expression takes, in Python's order, and the ways a condition leaves open."""

from __future__ import annotations

from archwright.facts import ir
from archwright.facts.walk import children, walk
from archwright.project.control_flow.cfg import Ends
from archwright.project.control_flow.routing import Catches, IsFalse, Routing, Suppresses, TypeOf

_OPERATION_ERRORS: dict[type, tuple[str, ...]] = {
    ir.Attr: ("builtins.AttributeError",),
    ir.BinOp: ("builtins.TypeError", "builtins.ZeroDivisionError"),
    ir.Subscript: ("builtins.KeyError", "builtins.IndexError", "builtins.TypeError"),
}
"""What plain operations raise; a property or an operator method that raises something else is not seen."""


class Expressions(Routing):
    """Evaluates expressions."""

    def __init__(self, catches: Catches, suppresses: Suppresses, type_of: TypeOf, is_false: IsFalse) -> None:
        super().__init__(catches, suppresses, type_of)
        self._is_false = is_false

    def _assign(self, targets: tuple[ir.Expr, ...], value: ir.Expr | None, ends: Ends, at: ir.Span) -> Ends:
        for target in targets:
            if not isinstance(target, ir.Name):
                ends = self._expr(target, ends, at)
        pairs = _taken_apart(targets, value)
        if pairs:
            for target, part in pairs:
                ends = self._assign((target,), part, ends, at)
            return ends
        node = self._step("assign", at, ends, raises=())
        node.targets = targets
        node.expr = value
        return [(node, "next")]

    def _expr(self, e: ir.Expr, ends: Ends, at: ir.Span) -> Ends:
        """Evaluates *e* for its steps, in Python's order."""
        match e:
            case ir.Name() | ir.Str() | ir.Num() | ir.Const():
                return ends
            case ir.Lambda():
                for param in e.params:
                    if param.default is not None:
                        ends = self._expr(param.default, ends, at)
                return ends
            case ir.Await() if isinstance(e.value, ir.Call):
                return self._call(e.value, ends, awaited=True)
            case ir.Await():
                ends = self._expr(e.value, ends, at)
                node = self._step("await", e.at, ends)
                node.expr = e.value
                return [(node, "next")]
            case ir.Call():
                return self._call(e, ends, awaited=False)
            case ir.BoolOp() | ir.IfExp():
                if not has_steps(e):
                    return ends
                if isinstance(e, ir.BoolOp):
                    true, false = self._test(e.left, ends, at)
                    more, done = (true, false) if e.op == "and" else (false, true)
                    return self._expr(e.right, more, at) + done
                true, false = self._test(e.test, ends, at)
                return self._expr(e.body, true, at) + self._expr(e.orelse, false, at)
            case ir.Comp():
                return self._comprehension(e, ends, at)
            case ir.Walrus():
                ends = self._expr(e.value, ends, at)
                return self._assign((e.target,), e.value, ends, at)
            case ir.Yield():
                if e.value is not None:
                    ends = self._expr(e.value, ends, at)
                ends = [(self._step("yield", at, ends), "next")]
                return self._drained(e.value, ends, at) if e.is_from and e.value is not None else ends
            case _:
                return self._parts(e, ends, at)

    def _parts(self, e: ir.Expr, ends: Ends, at: ir.Span) -> Ends:
        for child in children(e):
            ends = self._expr(child, ends, at)
        raises = _OPERATION_ERRORS.get(type(e), ())
        if self._frame is not None and raises:
            # It only matters where something could catch it.
            ends = [(self._step("eval", at, ends, raises), "next")]
        return ends

    def _call(self, call: ir.Call, ends: Ends, *, awaited: bool) -> Ends:
        ends = self._expr(call.func, ends, call.at)
        for arg in call.args:
            ends = self._expr(arg.value, ends, call.at)
        node = self._step("call", call.at, ends)
        node.expr = call
        node.awaited = awaited
        return [(node, "next")]

    def _comprehension(self, e: ir.Comp, ends: Ends, at: ir.Span) -> Ends:
        ends = self._expr(e.clauses[0].iter, ends, at)
        if e.kind == "generator" or not has_steps(e):
            return ends  # a generator runs later, if at all
        head = self._step("eval", at, ends)
        inner: Ends = [(head, "next")]
        for position, clause in enumerate(e.clauses):
            if position:
                inner = self._expr(clause.iter, inner, at)
            inner = self._assign((clause.target,), None, inner, at)
            for test in clause.ifs:
                inner, skipped = self._test(test, inner, at)
                self._connect(skipped, head)
        inner = self._expr(e.elt, inner, at)
        if e.value is not None:
            inner = self._expr(e.value, inner, at)
        self._connect(inner, head)
        return self._drained(e.clauses[0].iter, [(head, "next")], at)

    def _drained(self, e: ir.Expr, ends: Ends, at: ir.Span) -> Ends:
        """Where a loop ends because there is nothing more in *e*: a generator has then run to its end."""
        if not isinstance(e, ir.Call):
            return ends
        node = self._step("drained", at, ends, raises=())
        node.expr = e
        return [(node, "next")]

    def _test(self, e: ir.Expr, ends: Ends, at: ir.Span) -> tuple[Ends, Ends]:
        """Evaluates *e* as a condition: open ends where it is true and where it is false."""
        if not ends:
            return [], []
        if isinstance(e, ir.Unary) and e.op == "not":
            true, false = self._test(e.operand, ends, at)
            return false, true
        if isinstance(e, ir.BoolOp):
            true, false = self._test(e.left, ends, at)
            if e.op == "and":
                both, second = self._test(e.right, true, at)
                return both, false + second
            second, neither = self._test(e.right, false, at)
            return true + second, neither
        constant = False if self._is_false(e) else _constant_truth(e)
        if constant is not None:
            return (ends, []) if constant else ([], ends)
        ends = self._expr(e, ends, at)
        node = self._step("test", at, ends, raises=())
        node.expr = e
        return [(node, "true")], [(node, "false")]


def _taken_apart(targets: tuple[ir.Expr, ...], value: ir.Expr | None) -> list[tuple[ir.Expr, ir.Expr]]:
    """``a, b = x, y`` as ``a = x`` and ``b = y``, where none of the values reads what is given to another."""
    if len(targets) != 1 or not isinstance(targets[0], ir.Seq) or not isinstance(value, ir.Seq):
        return []
    names, parts = targets[0].items, value.items
    given = {name.id for name in names if isinstance(name, ir.Name)}
    if len(given) != len(names) or len(names) != len(parts):
        return []
    read = {node.id for node in walk(value) if isinstance(node, ir.Name)}
    if given & read or any(isinstance(part, ir.Star) for part in parts):
        return []
    return list(zip(names, parts, strict=True))


def has_steps(e: ir.Expr) -> bool:
    """Whether evaluating *e* calls, awaits, yields or assigns anything."""
    return any(isinstance(node, ir.Call | ir.Await | ir.Walrus | ir.Yield) for node in walk(e))


def _constant_truth(e: ir.Expr) -> bool | None:
    """The value of a condition that is the same on every run."""
    if isinstance(e, ir.Const):
        return {"True": True, "False": False, "None": False}.get(e.text)
    if isinstance(e, ir.Num):
        return e.text.strip("0xXbBoO_.jJ") != ""
    if isinstance(e, ir.Str):
        return bool(e.value)
    return None
