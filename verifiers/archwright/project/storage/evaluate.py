"""Evaluates declarations without running them: constants, containers, string building, and calls kept as data.

Meant for the code in which a code base says what it stores – migrations, tables, SQL text. It follows names through modules and
calls helper functions; what it cannot follow comes out as ``Unknown`` with the reason, never as a guess.
"""

from __future__ import annotations

import textwrap
from ast import literal_eval
from collections.abc import Callable
from dataclasses import replace
from itertools import takewhile
from typing import Any

from archwright.facts import ir
from archwright.facts.binding import Bound
from archwright.model import Location
from archwright.project.code import Scope
from archwright.project.inference import Inference
from archwright.project.names import Resolution
from archwright.project.storage.literals import (
    CONCRETE,
    Class,
    DialectValue,
    Function,
    InModule,
    Made,
    Mapped,
    Member,
    Method,
    Outside,
    Placed,
    Unknown,
    is_known,
    truth,
)
from archwright.project.storage.patterns import substituted
from archwright.project.storage.pure import (
    BINARY,
    BUILTINS,
    COMPARE,
    MAX_ITEMS,
    MUTATORS,
    OTHER_METHODS,
    TEXT_METHODS,
    attempt,
)

DEPTH = 40
_ENUMS = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum"})


class Frame:
    """The names a running body has bound, and the scope it belongs to."""

    def __init__(self, scope: Scope, names: dict[str, Any] | None = None, outer: Frame | None = None) -> None:
        self.scope = scope
        self.names: dict[str, Any] = names if names is not None else {}
        self.outer = outer

    def find(self, name: str) -> tuple[bool, Any]:
        """Whether *name* is bound here or in an enclosing call, and to what."""
        current: Frame | None = self
        while current is not None:
            if name in current.names:
                return True, current.names[name]
            current = current.outer
        return False, None


class Evaluator:
    """Evaluates expressions for one dialect."""

    def __init__(self, inference: Inference, dialect: str) -> None:
        self.inference = inference
        self.project = inference.project
        self.dialect = dialect
        self._reads = inference.project.reads
        self._module_values: dict[tuple[str, str], Any] = self._reads.table(None)
        self._busy: set[tuple[str, str]] = set()

    # --- to be extended ---

    def call_function(self, function: Function, made: Made, depth: int) -> Any:
        """The value of calling a function of the code base."""
        return Unknown(f"`{function.scope.qualname}` is not followed", made.at)

    def outside_call(self, made: Made) -> Any:
        """The value of calling something outside; the call itself, kept as data, unless a subclass knows better."""
        return made

    # --- expressions ---

    def evaluate(self, expr: ir.Expr | None, frame: Frame, depth: int = DEPTH) -> Any:
        """The value of *expr*."""
        if expr is None:
            return None
        if depth <= 0:
            return Unknown("nested too deeply")
        handler = _HANDLERS.get(type(expr))
        if handler is None:
            return Unknown(f"a {type(expr).__name__} is not a declaration")
        return handler(self, expr, frame, depth - 1)

    def at(self, frame: Frame, span: ir.Span) -> Location:
        """The place of *span* in the file of *frame*."""
        return self.project.at(frame.scope.module, span)

    def module_value(self, module: str, name: str, depth: int = DEPTH) -> Any:
        """The value of a name at the top level of *module*."""
        key = (module, name)
        if key in self._module_values:
            known = self._module_values[key]
            # The code under judgement may change what it is given.
            return known.copy() if isinstance(known, list | dict) else known
        if key in self._busy:
            return Unknown(f"`{name}` depends on itself")
        self._busy.add(key)
        try:
            return self._reads.made(
                self._module_values, key, lambda: self._read_module_value(module, name, depth)
            )
        finally:
            self._busy.discard(key)

    def dotted(self, module: str, name: str, depth: int = DEPTH) -> Any:
        """The value of an absolute dotted name, looked up from *module*."""
        found = self.project.names.resolve_in(module, name)
        return Outside(f"builtins.{name}") if found is None else self._resolved(found, depth)

    def class_attribute(self, cls: Class, name: str, depth: int = DEPTH) -> Any:
        """The value a class, or the nearest base that has it, gives *name* in its body; Unknown when none does."""
        for base in self.inference.classes.lineage(cls.qualified):
            if not self.inference.classes.known(base):
                continue
            module, qualname = self.inference.classes.locate(base)
            scope = self.inference.index(module).scopes.get(qualname)
            bindings = scope.names.bound.get(name, []) if scope is not None else []
            if scope is None or not bindings:
                continue
            how = bindings[-1]
            if how.kind == "assign" and how.value is not None:
                return self.evaluate(how.value, Frame(scope), depth - 1)
            if how.kind == "function":
                inner = self.inference.index(module).by_node.get(id(how.node))
                if inner is not None:
                    return Function(inner, None, cls)
            if how.kind != "assign":
                break
        return Unknown(f"`{cls.qualname}` has no constant `{name}`")

    # --- names ---

    def _name(self, expr: ir.Name, frame: Frame, depth: int) -> Any:
        found, value = frame.find(expr.id)
        if found:
            return value
        scope: Scope | None = frame.scope
        first = True
        while scope is not None and scope.kind != "module":
            if (first or scope.kind != "class") and expr.id in scope.names.bound:
                return self._bound_value(scope.names.bound[expr.id], scope, expr.id, depth)
            first = False
            scope = scope.parent
        module = frame.scope.module
        if expr.id in self.inference.index(module).root.names.bound:
            return self.module_value(module, expr.id, depth)
        return self.dotted(module, expr.id, depth)

    def _read_module_value(self, module: str, name: str, depth: int) -> Any:
        root = self.inference.index(module).root
        bindings = root.names.bound.get(name, [])
        if not bindings:
            return self.dotted(module, name, depth)
        return self._bound_value(bindings, root, name, depth)

    def _bound_value(self, bindings: list[Bound], scope: Scope, name: str, depth: int) -> Any:
        if len(bindings) > 1 and any(b.kind != "import" for b in bindings):
            return self._alternatives(bindings, scope, name, depth)
        how = bindings[0]
        if how.kind == "assign" and how.value is not None:
            return self.evaluate(how.value, Frame(scope), depth - 1)
        if how.kind == "import" and isinstance(how.node, ir.Alias):
            return self._imported(how, scope, depth)
        if how.kind in ("function", "class"):
            inner = self.inference.index(scope.module).by_node.get(id(how.node))
            if inner is not None:
                return Function(inner) if how.kind == "function" else Class(inner.module, inner.qualname)
        return Unknown(f"`{name}` is not a constant")

    def _alternatives(self, bindings: list[Bound], scope: Scope, name: str, depth: int) -> Any:
        """One thing under two names – ``try: from a import x`` / ``except ImportError: from b import x`` – is the first."""
        key = (f"{scope.qualified}:", name)
        renamed = all(b.kind == "import" or isinstance(b.value, ir.Name | ir.Attr) for b in bindings)
        if renamed and key not in self._busy:
            self._busy.add(key)
            try:
                values = [self._bound_value([b], scope, name, depth - 1) for b in bindings]
            finally:
                self._busy.discard(key)
            if all(isinstance(v, Outside) for v in values):
                return values[0]
        return Unknown(f"`{name}` is bound in {len(bindings)} places")

    def _imported(self, how: Bound, scope: Scope, depth: int) -> Any:
        alias, statement = how.node, how.statement
        names = self.project.names
        if not isinstance(alias, ir.Alias):
            return Unknown("an import that cannot be read")
        if isinstance(statement, ir.ImportFrom):
            base = names.absolute(scope.module, statement.module, statement.level)
            if base is None:
                return Unknown(f"`{alias.name}` is imported from above the top package")
            return self._resolved(names.resolve(f"{base}.{alias.name}"), depth)
        return self._resolved(
            names.resolve(alias.name if alias.asname else alias.name.partition(".")[0]), depth
        )

    def _resolved(self, found: Resolution, depth: int) -> Any:
        if found.kind == "external":
            return Outside(found.module)
        if found.kind == "module":
            return InModule(found.module)
        if found.kind != "symbol" or not self.project.has(found.module):
            away = found.kind in ("missing", "unknown") and "." in found.symbol
            return Unknown(f"`{found.qualified}` leads nowhere", away=away)
        head, _, rest = found.symbol.partition(".")
        value = self.module_value(found.module, head, depth)
        for part in rest.split(".") if rest else ():
            value = self._member(value, part, depth)
        return value

    # --- attributes ---

    def _attr(self, expr: ir.Attr, frame: Frame, depth: int) -> Any:
        return self._member(self.evaluate(expr.value, frame, depth), expr.name, depth)

    def _member(self, value: Any, name: str, depth: int) -> Any:
        if isinstance(value, Outside):
            return DialectValue(self.dialect) if name == "dialect" else Outside(f"{value.name}.{name}")
        if isinstance(value, InModule):
            return self._resolved(self.project.names.resolve(f"{value.name}.{name}"), depth)
        if isinstance(value, DialectValue):
            return self.dialect if name == "name" else value if name == "dialect" else Method(value, name)
        if isinstance(value, Member):
            return (
                value.value if name in ("value", "_value_") else value.name if name == "name" else Unknown("")
            )
        if isinstance(value, Mapped):
            return value.columns.get(name) or self._class_member(value.cls, name, depth)
        if isinstance(value, Class):
            return self._class_member(value, name, depth)
        # Whatever has an engine or a dialect has that of the database the code runs on.
        return DialectValue(self.dialect) if name in ("dialect", "engine") else Method(value, name)

    def _class_member(self, cls: Class, name: str, depth: int) -> Any:
        if name == "__name__":
            return cls.qualname.rpartition(".")[2]
        value = self.class_attribute(cls, name, depth)
        if name == "__tablename__" and isinstance(value, Function):
            return self.call_function(value, Made(name, (cls,)), depth)
        if isinstance(value, CONCRETE) and _ENUMS & set(self.inference.classes.lineage(cls.qualified)):
            return Member(name, value)
        if isinstance(value, Function) and not value.scope.decorated("classmethod"):
            return Function(value.scope, value.frame)
        if isinstance(value, Made) and value.last in ("Column", "mapped_column"):
            table = self._class_member(cls, "__tablename__", depth - 1) if depth > 0 else None
            said = value.argument(0, "name")
            if isinstance(table, str):
                return replace(value, receiver=Placed(table, said if isinstance(said, str) else name))
        return value

    # --- calls ---

    def _call(self, expr: ir.Call, frame: Frame, depth: int) -> Any:
        callee = self.evaluate(expr.func, frame, depth)
        at = self.at(frame, expr.at)
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        complete = True
        for arg in expr.args:
            value = self.evaluate(arg.value, frame, depth)
            if arg.star == 1 and isinstance(value, list | tuple):
                args.extend(value)
            elif arg.star == 2 and isinstance(value, dict) and all(isinstance(k, str) for k in value):
                kwargs.update(value)
            elif arg.star:
                complete = False
            elif arg.keyword:
                kwargs[arg.keyword] = value
            else:
                args.append(value)
        return self.apply(callee, tuple(args), kwargs, at, complete, depth)

    def apply(
        self,
        callee: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        at: Location,
        complete: bool,
        depth: int,
    ) -> Any:
        """The value of calling *callee*."""
        if isinstance(callee, Function):
            given = args if callee.receiver is None else (callee.receiver, *args)
            return self.call_function(callee, Made("", given, kwargs, at, None, complete), depth)
        if isinstance(callee, Class):
            return Made(callee.qualified, args, kwargs, at, callee, complete)
        if isinstance(callee, Outside):
            return self._call_outside(Made(callee.name, args, kwargs, at, None, complete))
        if isinstance(callee, Method):
            return self._call_method(
                callee, Made(f".{callee.name}", args, kwargs, at, callee.receiver, complete)
            )
        return Unknown("calls something that cannot be told", at)

    def _call_outside(self, made: Made) -> Any:
        name = made.name
        if name.startswith("builtins."):
            return self._call_builtin(name.removeprefix("builtins."), made)
        if (
            name in ("textwrap.dedent", "inspect.cleandoc")
            and len(made.args) == 1
            and isinstance(made.args[0], str)
        ):
            return textwrap.dedent(made.args[0])
        if name.endswith((".quoted_name", ".conv")) and made.args:
            return made.args[0]
        text = substituted(made)
        return self.outside_call(made) if text is None else text

    def _call_builtin(self, name: str, made: Made) -> Any:
        function = BUILTINS.get(name)
        solid = (*CONCRETE, list, tuple, dict)
        if name == "bool" and len(made.args) == 1:
            known = truth(made.args[0])
            return Unknown("a condition that cannot be told", made.at) if known is None else known
        if function is None or not made.complete or not all(isinstance(a, solid) for a in made.args):
            return self.outside_call(made)
        if name in ("all", "any", "str") and not is_known(made.args):
            return Unknown("what is made of a value that cannot be told", made.at)
        return attempt(lambda: function(*made.args, **made.kwargs), made.at)

    def _call_method(self, callee: Method, made: Made) -> Any:
        receiver, name = callee.receiver, callee.name
        if isinstance(receiver, DialectValue) and name == "type_descriptor" and made.args:
            return made.args[0]
        if isinstance(receiver, str) and name in TEXT_METHODS:
            if made.complete and is_known(made.args) and is_known(made.kwargs):
                return attempt(lambda: getattr(receiver, name)(*made.args, **made.kwargs), made.at)
            return Unknown("a text with a part that cannot be told", made.at)
        if isinstance(receiver, list | tuple | dict) and name in OTHER_METHODS | MUTATORS and made.complete:
            if isinstance(receiver, dict) and name in ("items", "keys", "values"):
                return list(getattr(receiver, name)())
            return attempt(lambda: getattr(receiver, name)(*made.args, **made.kwargs), made.at)
        text = substituted(made)
        return self.outside_call(made) if text is None else text

    # --- the other expressions ---

    def _literal(self, expr: ir.Const | ir.Num, frame: Frame, depth: int) -> Any:
        return attempt(lambda: literal_eval(expr.text), None)

    def _fstring(self, expr: ir.FString, frame: Frame, depth: int) -> Any:
        parts = [self.evaluate(part, frame, depth) for part in expr.parts]
        parts = [part.value if isinstance(part, Member) else part for part in parts]
        known = list(takewhile(lambda part: isinstance(part, str | int), parts))
        text = "".join(map(str, known))
        if len(known) < len(parts):
            return Unknown("a text with a part that cannot be told", beginning=text)
        return text

    def _binary(self, expr: ir.BinOp, frame: Frame, depth: int) -> Any:
        left, right = self.evaluate(expr.left, frame, depth), self.evaluate(expr.right, frame, depth)
        function = BINARY.get(expr.op)
        if expr.op == "*" and any(isinstance(v, int) and v > MAX_ITEMS for v in (left, right)):
            return Unknown("a value of unreasonable size")
        solid = (*CONCRETE, list, tuple, dict)
        if function is None or not isinstance(left, solid) or not isinstance(right, solid):
            return Unknown("a value with a part that cannot be told")
        if expr.op == "%" and not is_known(right):
            return Unknown("a text with a part that cannot be told")
        return attempt(lambda: function(left, right), None)

    def _boolean(self, expr: ir.BoolOp, frame: Frame, depth: int) -> Any:
        left = self.evaluate(expr.left, frame, depth)
        known = truth(left)
        if known is not None:
            return left if known == (expr.op == "or") else self.evaluate(expr.right, frame, depth)
        right = self.evaluate(expr.right, frame, depth)
        if truth(right) == (expr.op == "or"):
            return right
        return Unknown("a condition that cannot be told")

    def _compare(self, expr: ir.Compare, frame: Frame, depth: int) -> Any:
        left = self.evaluate(expr.left, frame, depth)
        for name, right_expr in zip(expr.ops, expr.rights, strict=True):
            right = self.evaluate(right_expr, frame, depth)
            function = COMPARE.get(name)
            if function is None or not is_known(left) or not is_known(right):
                return Unknown("a condition that cannot be told")
            holds = attempt(lambda f=function, a=left, b=right: f(a, b), None)  # type: ignore[misc]  # bound now
            if holds is not True:
                return holds
            left = right
        return True

    def _unary(self, expr: ir.Unary, frame: Frame, depth: int) -> Any:
        value = self.evaluate(expr.operand, frame, depth)
        if expr.op == "not":
            known = truth(value)
            return Unknown("a condition that cannot be told") if known is None else not known
        if expr.op == "-" and isinstance(value, int | float):
            return -value
        return Unknown("an operation that is not a declaration")

    def _if(self, expr: ir.IfExp, frame: Frame, depth: int) -> Any:
        known = truth(self.evaluate(expr.test, frame, depth))
        if known is None:
            return Unknown("a choice that cannot be told")
        return self.evaluate(expr.body if known else expr.orelse, frame, depth)

    def _seq(self, expr: ir.Seq, frame: Frame, depth: int) -> Any:
        items: list[Any] = []
        for item in expr.items:
            if isinstance(item, ir.Star):
                inner = self.evaluate(item.value, frame, depth)
                if not isinstance(inner, list | tuple):
                    return Unknown("a list with a part that cannot be told")
                items.extend(inner)
            else:
                items.append(self.evaluate(item, frame, depth))
        return tuple(items) if expr.kind == "tuple" else items

    def _dict(self, expr: ir.Dict, frame: Frame, depth: int) -> Any:
        table: dict[Any, Any] = {}
        for key, value in zip(expr.keys, expr.values, strict=True):
            found = self.evaluate(value, frame, depth)
            if key is None:
                if not isinstance(found, dict):
                    return Unknown("a table with a part that cannot be told")
                table.update(found)
                continue
            name = self.evaluate(key, frame, depth)
            if not _is_key(name):
                return Unknown("a table with keys that cannot be told")
            table[name] = found
        return table

    def _subscript(self, expr: ir.Subscript, frame: Frame, depth: int) -> Any:
        value = self.evaluate(expr.value, frame, depth)
        if isinstance(value, list | tuple | dict) and len(expr.index) == 1:
            index = self.evaluate(expr.index[0], frame, depth)
            if isinstance(value, dict) and isinstance(index, str | int):
                return value.get(index, Unknown(f"there is no item `{index}`"))
            if isinstance(value, list | tuple) and isinstance(index, int):
                return attempt(lambda: value[index], None)
        return Unknown("an item that cannot be told")

    def _comprehension(self, expr: ir.Comp, frame: Frame, depth: int) -> Any:
        rows: list[Any] = []
        reason = self._iterate(expr, 0, Frame(frame.scope, {}, frame), rows, depth)
        if reason is not None:
            return reason
        if expr.kind != "dict":
            return rows
        if not all(_is_key(key) for key, _ in rows):
            return Unknown("a table with keys that cannot be told")
        return dict(rows)

    def _iterate(
        self, expr: ir.Comp, level: int, frame: Frame, rows: list[Any], depth: int
    ) -> Unknown | None:
        if level == len(expr.clauses):
            value = self.evaluate(expr.elt, frame, depth)
            rows.append((value, self.evaluate(expr.value, frame, depth)) if expr.kind == "dict" else value)
            return None if len(rows) <= MAX_ITEMS else Unknown("too many items")
        clause = expr.clauses[level]
        items = self.evaluate(clause.iter, frame, depth)
        if isinstance(items, dict):
            items = list(items)
        if not isinstance(items, list | tuple):
            return Unknown("a loop over what cannot be told")
        for item in items:
            if not self.assign(clause.target, item, frame):
                return Unknown("a loop whose items cannot be told")
            tests = [truth(self.evaluate(test, frame, depth)) for test in clause.ifs]
            if None in tests:
                return Unknown("a condition that cannot be told")
            if all(tests):
                reason = self._iterate(expr, level + 1, frame, rows, depth)
                if reason is not None:
                    return reason
        return None

    def assign(self, target: ir.Expr, value: Any, frame: Frame) -> bool:
        """Binds *value* to *target*; False when the target cannot be followed (its names are then unknown)."""
        if isinstance(target, ir.Name):
            frame.names[target.id] = value
            return True
        if isinstance(target, ir.Seq):
            if isinstance(value, list | tuple) and len(value) == len(target.items):
                followed = [self.assign(t, v, frame) for t, v in zip(target.items, value, strict=True)]
                return all(followed)
            for item in target.items:
                self.assign(item, Unknown("a part of what cannot be told"), frame)
        return False

    def _lambda(self, expr: ir.Lambda, frame: Frame, depth: int) -> Any:
        scope = self.inference.index(frame.scope.module).lambda_scope(expr)
        return Function(scope, frame) if scope is not None else Unknown("a lambda is not followed")

    def _await(self, expr: ir.Await, frame: Frame, depth: int) -> Any:
        return self.evaluate(expr.value, frame, depth)

    def _walrus(self, expr: ir.Walrus, frame: Frame, depth: int) -> Any:
        value = self.evaluate(expr.value, frame, depth)
        self.assign(expr.target, value, frame)
        return value


def _is_key(value: Any) -> bool:
    """Whether a table may have such a key; parts of a tuple count, too."""
    try:
        hash(value)
    except TypeError:
        return False
    return True


_HANDLERS: dict[type, Callable[[Evaluator, Any, Frame, int], Any]] = {
    ir.Attr: Evaluator._attr,
    ir.Await: Evaluator._await,
    ir.BinOp: Evaluator._binary,
    ir.BoolOp: Evaluator._boolean,
    ir.Call: Evaluator._call,
    ir.Comp: Evaluator._comprehension,
    ir.Compare: Evaluator._compare,
    ir.Const: Evaluator._literal,
    ir.Dict: Evaluator._dict,
    ir.FString: Evaluator._fstring,
    ir.IfExp: Evaluator._if,
    ir.Lambda: Evaluator._lambda,
    ir.Name: Evaluator._name,
    ir.Num: Evaluator._literal,
    ir.Seq: Evaluator._seq,
    ir.Str: lambda self, expr, frame, depth: expr.value,
    ir.Subscript: Evaluator._subscript,
    ir.Unary: Evaluator._unary,
    ir.Walrus: Evaluator._walrus,
}
