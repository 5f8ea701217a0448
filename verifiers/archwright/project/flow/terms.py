"""Conditions of one function in a normal form: aliases replaced, equivalent spellings made one, predicates looked into."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.project.code import Scope
from archwright.project.flow.formulas import FALSE, TRUE, And, Atom, Fixed, Formula, Not, Or, negate
from archwright.project.flow.term_names import TermNames
from archwright.project.render import render
from archwright.project.substitution import GLOBAL, SELF, bind_arguments, free_names, substitute
from archwright.project.types.inference import Inference
from archwright.project.types.values import ANYTHING, FunctionValue, InstanceValue, Values

_DEPTH = 6
_EMPTY_LITERALS = ("[]", "()", "{}", "''", "set()", "dict()", "list()", "tuple()")
_MIRRORED = {">": "<", ">=": "<="}


class Terms(TermNames):
    """Turns expressions of one scope into formulas. Atoms are kept with their expressions."""

    def __init__(self, scope: Scope, inference: Inference) -> None:
        super().__init__(scope, inference)
        self.atoms: dict[str, ir.Expr] = {}
        self._read: dict[str, frozenset[str]] = {}

    def reads(self, atom: str) -> frozenset[str]:
        """The paths that an atom reads, and what they go through: of ``a.b.c`` also ``a.b`` and ``a``."""
        found = self._read.get(atom)
        if found is None:
            words = [path.split(".") for path in map(ir.dotted, walk(self.atoms[atom])) if path is not None]
            found = frozenset(".".join(some[:n]) for some in words for n in range(1, len(some) + 1))
            self._read[atom] = found
        return found

    def formula(self, expr: ir.Expr, depth: int = _DEPTH) -> Formula:
        """*expr* as a condition."""
        return self._formula(self.canonical(expr), depth)

    def answer(self, call: ir.Call, *, awaited: bool) -> str:
        """The atom that what *call* answers is, where it is looked at in no other way."""
        asked = self.canonical(call)
        if not isinstance(asked, ir.Call):
            return ""
        named: ir.Expr = self._qualified(asked)
        return render(self.meant(ir.Await(named, call.at) if awaited else named))

    # --- normal form ---

    def _atom(self, expr: ir.Expr) -> Formula:
        expr = self.meant(expr)
        key = render(expr)
        self.atoms.setdefault(key, expr)
        return Atom(key)

    def _formula(self, e: ir.Expr, depth: int) -> Formula:
        if isinstance(e, ir.Const):
            fixed = {"True": TRUE, "False": FALSE, "None": FALSE, "...": TRUE}.get(e.text)
            return fixed or Fixed(len(e.text) > 3)
        if isinstance(e, ir.Num):
            return Fixed(e.text.strip("0xXbBoO_.jJ") != "")
        if isinstance(e, ir.Str):
            return Fixed(bool(e.value))
        if isinstance(e, ir.Seq | ir.Dict):
            items = e.items if isinstance(e, ir.Seq) else e.values
            spread = any(isinstance(i, ir.Star) for i in items) or (isinstance(e, ir.Dict) and None in e.keys)
            return self._atom(e) if spread else Fixed(bool(items))
        if isinstance(e, ir.Unary) and e.op == "not":
            return negate(self._formula(e.operand, depth))
        if isinstance(e, ir.BoolOp):
            left, right = self._formula(e.left, depth), self._formula(e.right, depth)
            return And(left, right) if e.op == "and" else Or(left, right)
        if isinstance(e, ir.IfExp):
            test = self._formula(e.test, depth)
            return Or(
                And(test, self._formula(e.body, depth)),
                And(negate(test), self._formula(e.orelse, depth)),
            )
        if isinstance(e, ir.Walrus | ir.Await) and not isinstance(e.value, ir.Call):
            return self._formula(e.value, depth)
        if isinstance(e, ir.Walrus):
            return self._formula(e.target, depth)
        if isinstance(e, ir.Await) and isinstance(e.value, ir.Call):
            return self._atom(ir.Await(self._qualified(e.value), e.at))
        if isinstance(e, ir.Compare):
            return self._compare(e, depth)
        if isinstance(e, ir.Call):
            return self._call(e, depth)
        if isinstance(e, ir.Attr):
            inner = self._property(e)
            if inner is not None and depth:
                return self._formula(inner, depth - 1)
        return self._atom(e)

    def _compare(self, e: ir.Compare, depth: int) -> Formula:
        if len(e.ops) > 1:
            left = self._compare(ir.Compare(e.left, e.ops[:1], e.rights[:1]), depth)
            return And(left, self._compare(ir.Compare(e.rights[0], e.ops[1:], e.rights[1:]), depth))
        op, left_, right = e.ops[0], e.left, e.rights[0]
        if op in ("!=", "is not", "not in"):
            positive = {"!=": "==", "is not": "is", "not in": "in"}[op]
            return negate(self._compare(ir.Compare(left_, (positive,), (right,)), depth))
        if isinstance(left_, ir.Const | ir.Num) and op in ("==", "is"):
            left_, right = right, left_
        size = self._size_test(op, left_, right, depth)
        if size is not None:
            return size
        if op in ("==", "is"):
            text = render(right)
            if text in ("True", "False"):
                truth = self._formula(left_, depth)
                return truth if text == "True" else negate(truth)
            if op == "==" and text in _EMPTY_LITERALS:
                return negate(self._formula(left_, depth))
            if text == "None":
                return self._atom(ir.Compare(left_, ("is",), (right,)))
            if op == "==" and render(left_) > text:
                left_, right = right, left_
        elif op in _MIRRORED:
            op, left_, right = _MIRRORED[op], right, left_
        if op == "<=":
            return Not(self._atom(ir.Compare(right, ("<",), (left_,))))
        return self._atom(ir.Compare(left_, (op,), (right,)))

    def _size_test(self, op: str, left: ir.Expr, right: ir.Expr, depth: int) -> Formula | None:
        """``len(x) == 0`` and its many spellings are the truth of x."""
        if _len_argument(right) is not None and isinstance(left, ir.Num):
            op = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(op, op)
            left, right = right, left
        inner = _len_argument(left)
        if inner is None or not isinstance(right, ir.Num):
            return None
        truth = self._formula(inner, depth)
        if (op, right.text) in (("==", "0"), ("<", "1"), ("<=", "0")):
            return negate(truth)
        return truth if (op, right.text) in ((">", "0"), (">=", "1")) else None

    def _call(self, e: ir.Call, depth: int) -> Formula:
        if isinstance(e.func, ir.Name) and e.func.id in ("bool", "len") and len(e.args) == 1:
            return self._formula(e.args[0].value, depth)
        listed = _listed(e)
        if listed is not None and self._is_builtin(e.func):
            together = ir.dotted(e.func) == "all"
            found: Formula = TRUE if together else FALSE
            for item in listed:
                one = self._formula(item, depth)
                found = And(found, one) if together else Or(found, one)
            return found
        inner = self._predicate(e) if depth else None
        return self._atom(self._qualified(e)) if inner is None else self._formula(inner, depth - 1)

    def _is_builtin(self, func: ir.Expr) -> bool:
        name = ir.dotted(func)
        return name is not None and name not in self.scope.names.bound and self._full_name(name) is None

    def _qualified(self, call: ir.Call) -> ir.Call:
        """*call* with a plain function named by its full name, which is the same in every module."""
        values = self._callees(call)
        names = {v.qualified for v in values if isinstance(v, FunctionValue) and not v.bound}
        if len(values) == len(names) == 1:
            return ir.Call(ir.Name(GLOBAL + names.pop()), call.args, call.at)
        return call

    def _callees(self, call: ir.Call) -> Values:
        """What *call* may call, by whatever name."""
        path = ir.dotted(call.func)
        if path is None or not path.startswith(GLOBAL):
            return self._inference.callees(_in_scope(call, self.receiver), self.scope)
        found = self._inference.project.names.resolve(path.removeprefix(GLOBAL))
        if found.kind != "symbol" or found.symbol not in self._inference.index(found.module).scopes:
            return ANYTHING
        return frozenset({FunctionValue(found.module, found.symbol)})

    # --- looking into predicates ---

    def _predicate(self, call: ir.Call) -> ir.Expr | None:
        """The returned expression, in this scope's terms, of a call of a function that only returns an expression."""
        values = self._callees(call)
        if len(values) != 1:
            return None
        (value,) = values
        if not isinstance(value, FunctionValue):
            return None
        inner = self._inference.scope(value)
        if inner is None or inner.is_async:
            return None
        returned = _single_return(inner)
        mapping = bind_arguments(call, inner, value)
        return None if returned is None else self._translated(returned, inner, mapping)

    def _property(self, expr: ir.Attr) -> ir.Expr | None:
        values = self._inference.evaluate(_in_scope(expr.value, self.receiver), self.scope)
        if len(values) != 1:
            return None
        (value,) = values
        if not isinstance(value, InstanceValue):
            return None
        method = self._inference.property_of(value, expr.name)
        returned = _single_return(method) if method is not None else None
        if method is None or returned is None or not method.params:
            return None
        return self._translated(returned, method, {method.params[0].name: expr.value})

    def _translated(
        self, expr: ir.Expr, callee: Scope, mapping: Mapping[str, ir.Expr | None]
    ) -> ir.Expr | None:
        """*expr* of *callee* in the caller's terms; None when it reads something the caller cannot name."""
        known = dict(mapping)
        for name in free_names(expr):
            if name in callee.names.bound:
                if known.get(name) is None:
                    return None
            else:
                found = self._inference.project.names.resolve_in(callee.module, name)
                if found is not None:
                    known[name] = ir.Name(GLOBAL + found.qualified)
        return substitute(expr, known.get)


def _single_return(scope: Scope) -> ir.Expr | None:
    body = scope.body
    if body and isinstance(body[0], ir.ExprStmt) and isinstance(body[0].value, ir.Str):
        body = body[1:]
    if len(body) == 1 and isinstance(body[0], ir.Return):
        return body[0].value
    return None


def _listed(call: ir.Call) -> tuple[ir.Expr, ...] | None:
    """The conditions that ``all([…])`` or ``any([…])`` is given one by one; None for any other call."""
    if not isinstance(call.func, ir.Name) or call.func.id not in ("all", "any") or len(call.args) != 1:
        return None
    given = call.args[0].value
    if not isinstance(given, ir.Seq) or any(isinstance(item, ir.Star) for item in given.items):
        return None
    return given.items


def _len_argument(e: ir.Expr) -> ir.Expr | None:
    if isinstance(e, ir.Call) and isinstance(e.func, ir.Name) and e.func.id == "len" and len(e.args) == 1:
        return e.args[0].value
    return None


def _in_scope(expr: Any, receiver: str | None) -> Any:
    """Undoes the renaming of the receiver, for evaluation in the scope itself."""
    if receiver is None or receiver == SELF:
        return expr
    return substitute(expr, lambda name: ir.Name(receiver) if name == SELF else None)
