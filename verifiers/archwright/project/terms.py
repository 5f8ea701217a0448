"""Conditions of one function in a normal form: aliases replaced, equivalent spellings made one, predicates looked into."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import msgspec

from archwright.facts import ir
from archwright.facts.walk import NODE_FIELDS, walk, walk_own
from archwright.project.cfg import ANSWER
from archwright.project.code import Scope
from archwright.project.formulas import FALSE, TRUE, And, Atom, Fixed, Formula, Not, Or, negate
from archwright.project.inference import Inference
from archwright.project.render import render
from archwright.project.values import (
    ANYTHING,
    ClassValue,
    ExternalValue,
    FunctionValue,
    InstanceValue,
    ModuleValue,
    Values,
)

SELF = "self"
GLOBAL = "::"
"""Marks a name that is a full dotted name: it means the same in every scope."""
_DEPTH = 6
_EMPTY_LITERALS = ("[]", "()", "{}", "''", "set()", "dict()", "list()", "tuple()")
_MIRRORED = {">": "<", ">=": "<="}


class Terms:
    """Turns expressions of one scope into formulas. Atoms are kept with their expressions."""

    def __init__(self, scope: Scope, inference: Inference) -> None:
        self.scope = scope
        self.atoms: dict[str, ir.Expr] = {}
        self._inference = inference
        self._full_names: dict[str, str | None] = {}
        params = scope.params
        own = scope.owner is not None and params and not scope.decorated("staticmethod")
        self.receiver = params[0].name if own else None

    def formula(self, expr: ir.Expr, depth: int = _DEPTH) -> Formula:
        """*expr* as a condition."""
        return self._formula(self.canonical(expr), depth)

    def canonical(self, expr: ir.Expr) -> ir.Expr:
        """*expr* with local aliases of paths replaced by the paths, and the method's receiver called ``self``."""
        return substitute(expr, self._canonical_name)

    def path(self, expr: ir.Expr) -> str | None:
        """The canonical dotted path of *expr*, if it is one."""
        return ir.dotted(self._meant(self.canonical(expr)))

    def key(self, expr: ir.Expr) -> str:
        """What *expr* is called among the atoms."""
        return render(self._meant(self.canonical(expr)))

    def assigned(self, name: str) -> str:
        """What the variable *name* is called in atoms when this function gives it a value."""
        return name if name == ANSWER else render(self._meant(ir.Name(name)))

    def answer(self, call: ir.Call, *, awaited: bool) -> str:
        """The atom that what *call* answers is, where it is looked at in no other way."""
        asked = self.canonical(call)
        if not isinstance(asked, ir.Call):
            return ""
        named: ir.Expr = self._qualified(asked)
        return render(self._meant(ir.Await(named, call.at) if awaited else named))

    # --- names ---

    def _canonical_name(self, name: str) -> ir.Expr | None:
        if name == self.receiver:
            return ir.Name(SELF)
        return self._aliases.get(name)

    @cached_property
    def _aliases(self) -> dict[str, ir.Expr]:
        """Locals bound once, to a path that does not change in this function."""
        written = self._written_paths
        names = self.scope.names
        found: dict[str, ir.Expr] = {}

        def resolve(name: str, depth: int) -> ir.Expr | None:
            value = names.only(name)
            path = ir.dotted(value) if value is not None else None
            if path is None or value is None or depth == 0:
                return None
            root, *rest = path.split(".")
            if root in names.bound and len(names.bound[root]) != 1:
                return None
            prefixes = {".".join([root, *rest[:n]]) for n in range(1, len(rest) + 1)}
            if prefixes & written:
                return None
            base = ir.Name(SELF) if root == self.receiver else resolve(root, depth - 1) or ir.Name(root)
            for part in rest:
                base = ir.Attr(base, part)
            return base

        for name in names.bound:
            target = resolve(name, _DEPTH)
            if target is not None:
                found[name] = target
        return found

    @cached_property
    def _written_paths(self) -> set[str]:
        """Dotted targets assigned, augmented or deleted in this function."""
        found: set[str] = set()
        for node in walk_own(self.scope.body):
            targets: tuple[ir.Expr, ...] = ()
            if isinstance(node, ir.Assign | ir.Delete):
                targets = node.targets
            elif isinstance(node, ir.AnnAssign | ir.AugAssign):
                targets = (node.target,)
            for target in targets:
                for part in walk(target):
                    path = ir.dotted(part) if isinstance(part, ir.Attr) else None
                    if path:
                        found.add(path)
        return found

    def _meant(self, expr: ir.Expr) -> ir.Expr:
        """*expr* with what lives in a module called by its full name, so that it is the same wherever it is imported."""
        if isinstance(expr, ir.Comp | ir.Lambda):
            return expr  # they bind names of their own
        if isinstance(expr, ir.Name):
            full = self._full_name(expr.id)
            return expr if full is None else ir.Name(full)
        changed: ir.Expr = map_parts(expr, self._meant)
        return changed

    def _full_name(self, name: str) -> str | None:
        if name not in self._full_names:
            self._full_names[name] = self._find_full_name(name)
        return self._full_names[name]

    def _find_full_name(self, name: str) -> str | None:
        """The full name of what *name* means in this scope; None for variables, parameters and builtins."""
        if name in (SELF, ANSWER) or name.startswith(GLOBAL):
            return None
        around: Scope | None = self.scope
        while around is not None and around.parent is not None:
            bindings = around.names.bound.get(name)
            if bindings and (around.kind == "function" or around is self.scope):
                return self._imported(name) if all(how.kind == "import" for how in bindings) else None
            around = around.parent
        found = self._inference.project.names.resolve_in(self.scope.module, name)
        return None if found is None else GLOBAL + found.qualified

    def _imported(self, name: str) -> str | None:
        """The full name of what an import inside a function gives."""
        values = self._inference.evaluate(ir.Name(name), self.scope)
        if len(values) != 1:
            return None
        (value,) = values
        if isinstance(value, ModuleValue | ExternalValue):
            return GLOBAL + value.name
        return GLOBAL + value.qualified if isinstance(value, FunctionValue | ClassValue) else None

    # --- normal form ---

    def _atom(self, expr: ir.Expr) -> Formula:
        expr = self._meant(expr)
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
        inner = self._predicate(e) if depth else None
        return self._atom(self._qualified(e)) if inner is None else self._formula(inner, depth - 1)

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


def substitute(expr: ir.Expr, replace: Callable[[str], ir.Expr | None]) -> ir.Expr:
    """*expr* with names replaced; names for which *replace* gives None stay."""
    if isinstance(expr, ir.Name):
        return replace(expr.id) or expr
    changed: ir.Expr = map_parts(expr, lambda part: substitute(part, replace))
    return changed


def map_parts(expr: Any, change: Callable[[Any], Any]) -> Any:
    """*expr* with each of its direct parts changed; *expr* itself where none is."""
    changes: dict[str, Any] = {}
    for field in NODE_FIELDS[type(expr)]:
        value = getattr(expr, field)
        if isinstance(value, tuple):
            new: Any = tuple(None if item is None else change(item) for item in value)
            same = all(one is other for one, other in zip(new, value, strict=True))
        else:
            new = None if value is None else change(value)
            same = new is value
        if not same:
            changes[field] = new
    return msgspec.structs.replace(expr, **changes) if changes else expr


def bind_arguments(call: ir.Call, callee: Scope, value: FunctionValue) -> dict[str, ir.Expr | None]:
    """For every parameter of *callee* the argument *call* gives it: an expression of the caller, None where it cannot be told."""
    params = [p for p in callee.params if p.kind in ("posonly", "arg", "kwonly")]
    mapping: dict[str, ir.Expr | None] = {
        p.name: p.default if isinstance(p.default, ir.Const | ir.Num | ir.Str) else None for p in params
    }
    positional = [p for p in params if p.kind != "kwonly"]
    if value.bound and positional:
        mapping[positional[0].name] = call.func.value if isinstance(call.func, ir.Attr) else None
        positional = positional[1:]
    for arg in call.args:
        if arg.star:
            # What a spread gives is open for every parameter not given by name.
            for param in positional if arg.star == 1 else params:
                mapping[param.name] = None
            positional = []
        elif arg.keyword:
            mapping[arg.keyword] = arg.value
        elif positional:
            mapping[positional.pop(0).name] = arg.value
    return mapping


def free_names(expr: ir.Expr) -> set[str]:
    """The names *expr* reads; things given by their full name are not among them."""
    names = (node.id for node in walk(expr) if isinstance(node, ir.Name))
    return {name for name in names if not name.startswith(GLOBAL)}


def _single_return(scope: Scope) -> ir.Expr | None:
    body = scope.body
    if body and isinstance(body[0], ir.ExprStmt) and isinstance(body[0].value, ir.Str):
        body = body[1:]
    if len(body) == 1 and isinstance(body[0], ir.Return):
        return body[0].value
    return None


def _len_argument(e: ir.Expr) -> ir.Expr | None:
    if isinstance(e, ir.Call) and isinstance(e.func, ir.Name) and e.func.id == "len" and len(e.args) == 1:
        return e.args[0].value
    return None


def _in_scope(expr: Any, receiver: str | None) -> Any:
    """Undoes the renaming of the receiver, for evaluation in the scope itself."""
    if receiver is None or receiver == SELF:
        return expr
    return substitute(expr, lambda name: ir.Name(receiver) if name == SELF else None)
