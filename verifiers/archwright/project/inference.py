"""What expressions stand for: names, attributes and calls followed through assignments, annotations, constructors and factories.

The answer is a set of values. ``UNKNOWN`` in it says that the set is not complete; an empty set stands for values without
methods of interest, such as None. Nothing is guessed: a verifier that needs more than this answer has to say *undecided*.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from archwright.facts import ir
from archwright.facts.binding import Bound
from archwright.facts.folding import fold
from archwright.facts.walk import walk_own
from archwright.project.annotations import (
    CALLABLES,
    HOLDERS,
    ITERATED,
    MAPPINGS,
    SEQUENCES,
    TRANSPARENT,
    TUPLES,
    UNIONS,
)
from archwright.project.classes import ClassHierarchy
from archwright.project.code import CodeIndex, Scope, index_code
from archwright.project.containers.containers import Containers
from archwright.project.generics import Generics
from archwright.project.local_names import Locals, read_locals
from archwright.project.members import Members
from archwright.project.names import Resolution
from archwright.project.project import Project
from archwright.project.protocols import Protocols
from archwright.project.type_reader import TypeReader
from archwright.project.values import (
    ANYTHING,
    NOTHING,
    UNKNOWN,
    ClassValue,
    ExternalInstance,
    ExternalValue,
    FunctionValue,
    InstanceValue,
    ModuleValue,
    Value,
    Values,
    external_names,
    is_unbound,
)

K = TypeVar("K")
A = TypeVar("A")
_DEPTH = 24
_CONTAINERS = SEQUENCES | MAPPINGS | TUPLES | HOLDERS
_INJECTING = frozenset({"fastapi.Depends", "fastapi.Security", "fastapi.params.Depends"})
_ENTERING = frozenset(
    {"contextlib.ExitStack.enter_context", "contextlib.AsyncExitStack.enter_async_context"}
    | {"contextlib.AsyncExitStack.enter_context"}
)
_PICKING = frozenset({"builtins.next", "builtins.anext", "builtins.min", "builtins.max"})


class Inference:
    """Evaluates expressions of a project; keeps what it has found out."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.classes = ClassHierarchy(project)
        self.members = Members(self)
        self.protocols = Protocols(self)
        self.annotations = TypeReader(self)
        self.containers = Containers(self)
        self.generics = Generics(self)
        self._reads = project.reads
        self._indexes: dict[str, CodeIndex] = self._reads.table("indexes")
        self._returns: dict[tuple[str, str], Values] = self._reads.table("returned")
        self._busy: set[object] = set()
        self._provisional: dict[object, Any] = {}
        self._yields: dict[tuple[str, str], Values] = self._reads.table("yielded")
        self._names: dict[tuple[int, str], Values] = self._reads.table("values of names")
        self._places: dict[int, Locals] = {}
        # How often a cycle or the depth bound cut an answer short; an answer is kept only if nothing below it was cut.
        self.cuts = 0

    # --- entry points ---

    def index(self, module: str) -> CodeIndex:
        """The scopes of *module*."""
        found = self._indexes.get(module)
        if found is None:
            found = self._reads.made(
                self._indexes, module, lambda: index_code(module, self.project.code(module))
            )
        return found

    def scope(self, value: FunctionValue | ClassValue) -> Scope | None:
        """The body of a function or class."""
        return self.index(value.module).scopes.get(value.qualname)

    def evaluate(self, expr: ir.Expr | None, scope: Scope, depth: int = _DEPTH) -> Values:
        """The values *expr* may have when it is evaluated in *scope*."""
        if expr is None or depth <= 0:
            self.cuts += 1
            return ANYTHING
        if isinstance(expr, ir.Name):
            return self._named(expr, scope, depth)
        if isinstance(expr, ir.Attr):
            return self._attribute_of(expr, scope, depth)
        if isinstance(expr, ir.Call):
            return self._call_result(expr, scope, depth)
        if isinstance(expr, ir.Await | ir.Walrus | ir.Star):
            return self.evaluate(expr.value, scope, depth - 1)
        if isinstance(expr, ir.IfExp):
            return self.evaluate(expr.body, scope, depth - 1) | self.evaluate(expr.orelse, scope, depth - 1)
        if isinstance(expr, ir.BoolOp):
            return self.evaluate(expr.left, scope, depth - 1) | self.evaluate(expr.right, scope, depth - 1)
        if isinstance(expr, ir.Subscript):
            return self._item(expr, scope, depth)
        if isinstance(expr, ir.Const):
            return NOTHING if expr.text == "None" else frozenset({ExternalInstance("builtins.object")})
        if isinstance(expr, ir.Str | ir.FString):
            return frozenset({ExternalInstance("builtins.str")})
        if isinstance(expr, ir.Num | ir.Compare):
            return frozenset({ExternalInstance("builtins.int")})
        if isinstance(expr, ir.BinOp) and expr.op == "/":
            # A path joined to a name; what division gives is otherwise of no interest.
            left = self.evaluate(expr.left, scope, depth - 1)
            return frozenset(
                ExternalInstance(f"{value.name}.__truediv__")
                if isinstance(value, ExternalInstance | ExternalValue)
                else UNKNOWN
                for value in left
            )
        if isinstance(expr, ir.Seq | ir.Dict | ir.Comp):
            kind = "dict" if isinstance(expr, ir.Dict) else expr.kind
            return frozenset({ExternalInstance(f"builtins.{kind}")})
        return ANYTHING

    def callees(self, call: ir.Call, scope: Scope) -> Values:
        """What *call* may call."""
        return self._method_caller(call, scope) or self.evaluate(call.func, scope)

    def _method_caller(self, call: ir.Call, scope: Scope) -> Values:
        """What ``operator.methodcaller("commit")(session)`` calls; nothing for any other call."""
        made: ir.Expr | None = call.func
        if isinstance(made, ir.Name):
            made = _constant(made.id, scope)
        if not isinstance(made, ir.Call) or not made.args or not call.args:
            return NOTHING
        if ExternalValue("operator.methodcaller") not in self.evaluate(made.func, scope):
            return NOTHING
        name = self._text(made.args[0].value, scope)
        owner = self.evaluate(call.args[0].value, scope)
        return ANYTHING if name is None else self.members.of(owner, name, _DEPTH)

    def types(self, annotation: ir.Expr | None, scope: Scope) -> Values:
        """The instances an annotation admits; None is left out, Any and what cannot be resolved is UNKNOWN."""
        return self.annotations.of(annotation, scope, _DEPTH)

    def property_of(self, value: InstanceValue, name: str) -> Scope | None:
        """The function behind a property of *value*; None when the attribute is none, or is overridden somewhere."""
        return self.members.property_of(value, name)

    def member(self, value: Value, name: str) -> Values:
        """The values attribute *name* of *value* may have."""
        return self.members.of((value,), name, _DEPTH)

    # --- names ---

    def _named(self, expr: ir.Name, scope: Scope, depth: int) -> Values:
        found = self.name(expr.id, scope, depth)
        if UNKNOWN in found:
            told = self._locals(scope).told.get(id(expr))
            if told is None:
                return found
            kinds = told.items if isinstance(told, ir.Seq) else (told,)
            return frozenset().union(*(self.annotations.of(kind, scope, depth) for kind in kinds))
        if len(found) == 1 and any(is_unbound(value) for value in found):
            clause = self._locals(scope).clauses.get(id(expr))
            return found if clause is None else self.containers.in_clause(clause, expr.id, scope, depth)
        return found

    def _locals(self, scope: Scope) -> Locals:
        known = self._places.get(id(scope))
        if known is None:
            known = self._places[id(scope)] = read_locals(scope.body)
        return known

    def name(self, name: str, scope: Scope, depth: int = _DEPTH) -> Values:
        """The values *name* may have in *scope*."""
        return self.answer(self._names, (id(scope), name), lambda: self._lookup(name, scope, depth), NOTHING)

    def answer(self, kept: dict[K, A], key: K, find: Callable[[], A], nothing: A) -> A:
        """The answer to a question that may come back to itself: found once, and kept.

        Where it comes back to itself it adds *nothing*. An answer cut short by such a circle is kept only until the outermost
        question is answered: without that, circles of circles would be walked again and again.
        """
        known = kept.get(key)
        if known is not None:
            return known
        mark = (id(kept), key)
        if mark in self._provisional or mark in self._busy:
            self.cuts += 1
            found: A = self._provisional.get(mark, nothing)
            return found
        self._busy.add(mark)
        cuts = self.cuts
        self._reads.begin()
        try:
            found = find()
        finally:
            self._busy.discard(mark)
            sources = self._reads.end()
        if cuts == self.cuts or not self._busy:
            self._reads.keep(kept, key, found, sources)
        else:
            self._provisional[mark] = found
        if not self._busy:
            self._provisional.clear()
        return found

    def _lookup(self, name: str, scope: Scope, depth: int) -> Values:
        current: Scope | None = scope
        first = True
        while current is not None:
            if (first or current.kind != "class") and name in current.names.bound:
                if current.kind == "module":
                    break
                values: set[Value] = set()
                for how in current.names.bound[name]:
                    values |= self.bound(how, name, current, depth - 1)
                return frozenset(values)
            first = False
            current = current.parent
        found = self.project.names.resolve_in(scope.module, name)
        if found is None:
            return frozenset({ExternalValue(f"builtins.{name}")})
        return self.resolved(found, depth)

    def bound(self, how: Bound, name: str, scope: Scope, depth: int) -> Values:
        """What one binding of *name* in *scope* gives it."""
        if how.kind == "param" and isinstance(how.node, ir.Param):
            return self._parameter(how.node, scope, depth)
        if how.kind == "assign":
            if how.annotation is not None:
                # ``TypeAlias`` and the like aside, a declared type is wider than any one assigned value.
                declared = self.annotations.of(how.annotation, scope, depth)
                if UNKNOWN not in declared or how.value is None:
                    return declared
            return self.evaluate(how.value, scope, depth)
        if how.kind == "import" and isinstance(how.node, ir.Alias):
            return self._imported(how, scope, depth)
        if how.kind == "for" or (how.kind == "other" and isinstance(how.node, ir.Assign)):
            return self.containers.bound(how, name, scope, depth)
        if how.kind in ("function", "class"):
            inner = self.index(scope.module).by_node.get(id(how.node))
            return ANYTHING if inner is None else frozenset({_definition_value(inner)})
        if how.kind == "with" and isinstance(how.node, ir.WithItem):
            return self._entered(how.node.expr, scope, depth)
        if how.kind == "except" and isinstance(how.node, ir.Handler):
            kinds = how.node.type.items if isinstance(how.node.type, ir.Seq) else (how.node.type,)
            return frozenset().union(
                *(self.annotations.of(kind, scope, depth) for kind in kinds if kind is not None)
            )
        return ANYTHING

    def _imported(self, how: Bound, scope: Scope, depth: int) -> Values:
        alias, statement = how.node, how.statement
        if not isinstance(alias, ir.Alias):
            return ANYTHING
        names = self.project.names
        if isinstance(statement, ir.ImportFrom):
            base = names.absolute(scope.module, statement.module, statement.level)
            if base is None:
                return ANYTHING
            return self.resolved(names.resolve(f"{base}:{alias.name}"), depth)
        target = alias.name if alias.asname else alias.name.partition(".")[0]
        return self.resolved(names.resolve(target), depth)

    def _parameter(self, param: ir.Param, scope: Scope, depth: int) -> Values:
        owner = scope.owner
        if (
            owner is not None
            and scope.params
            and scope.params[0] is param
            and param.kind in ("arg", "posonly")
        ):
            if scope.decorated("classmethod"):
                return frozenset({ClassValue(owner.module, owner.qualname)})
            if not scope.decorated("staticmethod"):
                return frozenset({InstanceValue(owner.module, owner.qualname)})
        if param.annotation is None and _is_bridged(param, scope):
            return frozenset({ExternalInstance("sqlalchemy.orm.Session")})
        if param.kind == "vararg":
            return frozenset({ExternalInstance("builtins.tuple")})
        if param.kind == "kwarg":
            return frozenset({ExternalInstance("builtins.dict")})
        if param.annotation is None and isinstance(param.default, ir.Call):
            return self._injected(param.default, scope.parent or scope, depth)
        return self.annotations.of(param.annotation, scope, depth)

    def _injected(self, default: ir.Call, scope: Scope, depth: int) -> Values:
        """What ``session=Depends(get_session)`` gives: what the function returns, or yields."""
        if not default.args or not external_names(self.evaluate(default.func, scope, depth - 1)) & _INJECTING:
            return ANYTHING
        found: Values = NOTHING
        for value in self.evaluate(default.args[0].value, scope, depth - 1):
            inner = self.scope(value) if isinstance(value, FunctionValue) else None
            if isinstance(value, ClassValue):
                found |= {InstanceValue(value.module, value.qualname)}
            elif isinstance(value, FunctionValue) and inner is not None:
                yields = any(isinstance(node, ir.Yield) for node in walk_own(inner.body))
                found |= self._yielded(inner, depth) if yields else self.returned(value, depth - 1)
            else:
                found |= ANYTHING
        return found or ANYTHING

    def resolved(self, found: Resolution, depth: int) -> Values:
        """What a resolved dotted name stands for."""
        if found.kind == "module":
            return frozenset({ModuleValue(found.module)})
        if found.kind == "external":
            return frozenset({ExternalValue(found.module)})
        if depth <= 0:
            self.cuts += 1
            return ANYTHING
        if found.kind != "symbol" or not self.project.has(found.module):
            return ANYTHING
        head, _, rest = found.symbol.partition(".")
        index = self.index(found.module)
        values: set[Value] = set()
        for how in index.root.names.bound.get(head, ()):
            values |= self.bound(how, head, index.root, depth - 1)
        result: Values = frozenset(values) if values else ANYTHING
        for attribute in rest.split(".") if rest else ():
            result = self.members.of(result, attribute, depth - 1)
        return result

    def _attribute_of(self, expr: ir.Attr, scope: Scope, depth: int) -> Values:
        if (
            isinstance(expr.value, ir.Call)
            and isinstance(expr.value.func, ir.Name)
            and expr.value.func.id == "super"
        ):
            return self.members.inherited(expr.name, scope, depth)
        return self.members.of(self.evaluate(expr.value, scope, depth - 1), expr.name, depth)

    # --- calls ---

    def returned(self, function: FunctionValue, depth: int = _DEPTH) -> Values:
        """What calling *function* gives, once awaited: by its return annotation, else by what it returns."""
        scope = self.scope(function)
        if scope is None or not isinstance(scope.node, ir.FunctionDef):
            return ANYTHING
        if depth <= 0:
            self.cuts += 1
            return ANYTHING
        node = scope.node
        if function.receiver:
            found = self.generics.instances(node.returns, scope, function.receiver, depth)
            if found:
                return found
        key = (function.module, function.qualname)
        return self.answer(self._returns, key, lambda: self._read_returned(scope, node, depth), NOTHING)

    def _read_returned(self, scope: Scope, node: ir.FunctionDef, depth: int) -> Values:
        self._reads.note("code", scope.module)
        if node.returns is not None:
            declared = self.annotations.of(node.returns, scope, depth - 1)
            if UNKNOWN not in declared:
                return declared
        values: set[Value] = set()
        for inner in walk_own(node.body):
            if isinstance(inner, ir.Yield):
                return ANYTHING
            if isinstance(inner, ir.Return) and inner.value is not None:
                values |= self.evaluate(inner.value, scope, depth - 1)
        return frozenset(values)

    def _call_result(self, call: ir.Call, scope: Scope, depth: int) -> Values:
        found: set[Value] = set()
        for value in self.evaluate(call.func, scope, depth - 1):
            if isinstance(value, ClassValue):
                found.add(InstanceValue(value.module, value.qualname))
            elif isinstance(value, FunctionValue):
                found |= self.returned(value, depth - 1)
            elif isinstance(value, InstanceValue):
                for method in self.members.of_class(value.cls, "__call__", depth - 1, instance=True):
                    found |= (
                        self.returned(method, depth - 1) if isinstance(method, FunctionValue) else ANYTHING
                    )
            elif isinstance(value, ExternalValue):
                found |= self._external_result(value, call, scope, depth)
            elif isinstance(value, ExternalInstance) and value.name in CALLABLES:
                found |= self.containers.called(call, scope, depth) or ANYTHING
            elif isinstance(value, ExternalInstance):
                found.add(ExternalInstance(f"{value.name}.__call__"))
            else:
                found.add(UNKNOWN)
        return frozenset(found)

    def _external_result(self, callee: ExternalValue, call: ir.Call, scope: Scope, depth: int) -> Values:
        positional = [arg.value for arg in call.args if not arg.keyword and not arg.star]
        if callee.name in ("functools.partial", "functools.partialmethod") and positional:
            return self.evaluate(positional[0], scope, depth - 1)
        if callee.name in ("typing.cast", "typing_extensions.cast") and len(positional) == 2:
            return self.annotations.of(positional[0], scope, depth - 1)
        if callee.name == "builtins.getattr" and len(positional) >= 2:
            name = self._text(positional[1], scope)
            if name is None:
                return ANYTHING
            return self.members.of(self.evaluate(positional[0], scope, depth - 1), name, depth - 1)
        if callee.name in _ENTERING and positional:
            return self._entered(positional[0], scope, depth)
        if callee.name == "importlib.import_module" and positional:
            return self._module_named(self._text(positional[0], scope), depth)
        if callee.name in ("builtins.__import__", "importlib.__import__") and positional:
            target = self._text(positional[0], scope)  # the call gives the top package of what it names
            return self._module_named(target and target.partition(".")[0], depth)
        if callee.name == "builtins.type" and len(positional) == 1:
            instances = self.evaluate(positional[0], scope, depth - 1)
            return frozenset(
                v.cls
                if isinstance(v, InstanceValue)
                else ExternalValue(v.name)
                if isinstance(v, ExternalInstance)
                else UNKNOWN
                for v in instances
            )
        if callee.name in _PICKING or callee.name.rpartition(".")[0] in _CONTAINERS:
            return self.containers.called(call, scope, depth) or frozenset({ExternalInstance(callee.name)})
        return frozenset({ExternalInstance(callee.name)})

    def picked_from(self, expr: ir.Expr, scope: Scope) -> Values:
        """The functions ``getattr(module, name)`` may give where the name is not constant; empty for anything else."""
        if not isinstance(expr, ir.Call) or len(expr.args) < 2:
            return NOTHING
        if ExternalValue("builtins.getattr") not in self.evaluate(expr.func, scope):
            return NOTHING
        if self._text(expr.args[1].value, scope) is not None:
            return NOTHING
        found: set[Value] = set()
        for value in self.evaluate(expr.args[0].value, scope):
            if isinstance(value, ModuleValue) and self.project.has(value.name):
                root = self.index(value.name).root
                for name in root.names.bound:
                    found |= self.members.of((value,), name, _DEPTH)
            elif isinstance(value, ClassValue | InstanceValue):
                cls = value.cls if isinstance(value, InstanceValue) else value
                for name in self.classes.methods(cls.qualified):
                    found |= self.members.of((value,), name, _DEPTH)
        return frozenset(v for v in found if isinstance(v, FunctionValue | ClassValue))

    def _entered(self, expr: ir.Expr, scope: Scope, depth: int) -> Values:
        """What ``with expr as name`` binds."""
        if isinstance(expr, ir.Call):
            for value in self.evaluate(expr.func, scope, depth - 1):
                if isinstance(value, FunctionValue):
                    inner = self.scope(value)
                    if inner is not None and (
                        inner.decorated("contextmanager") or inner.decorated("asynccontextmanager")
                    ):
                        return self._yielded(inner, depth)
        found: set[Value] = set()
        for value in self.evaluate(expr, scope, depth - 1):
            if isinstance(value, InstanceValue):
                entered: Values = NOTHING
                for enter in ("__enter__", "__aenter__"):
                    if self.members.find(value.cls.qualified, enter):
                        for method in self.members.of_class(value.cls, enter, depth - 1, instance=True):
                            entered |= (
                                self.returned(method, depth - 1)
                                if isinstance(method, FunctionValue)
                                else ANYTHING
                            )
                found |= entered or ANYTHING
            elif isinstance(value, ExternalInstance) and value.name in ITERATED:
                found |= self.containers.entered(expr, scope, depth)
            elif isinstance(value, ExternalInstance):
                # The convention of files, sessions, clients and transactions: entering gives the object itself.
                found.add(value)
            else:
                found.add(UNKNOWN)
        return frozenset(found)

    def _yielded(self, scope: Scope, depth: int) -> Values:
        """What the generator function *scope* yields: by its return annotation, else by what stands behind ``yield``."""
        node = scope.node
        declared = self.annotations.yielded(
            node.returns if isinstance(node, ir.FunctionDef) else None, scope, depth
        )
        if UNKNOWN not in declared:
            return declared
        key = (scope.module, scope.qualname)
        return self.answer(self._yields, key, lambda: self._read_yielded(scope, depth), NOTHING)

    def _read_yielded(self, scope: Scope, depth: int) -> Values:
        self._reads.note("code", scope.module)
        values: set[Value] = set()
        for inner in walk_own(scope.body):
            if isinstance(inner, ir.Yield):
                if inner.is_from:
                    return ANYTHING
                values |= self.evaluate(inner.value, scope, depth - 1) if inner.value is not None else NOTHING
        return frozenset(values)

    # --- names and items ---

    def _text(self, expr: ir.Expr, scope: Scope) -> str | None:
        """The value of a constant string, through names bound once; None when it is not constant."""
        folded = fold(expr, lambda name: _constant(name, scope))
        return None if folded is None or "@" in folded else folded

    def _module_named(self, name: str | None, depth: int) -> Values:
        if name is None or name.startswith("."):
            return ANYTHING
        return self.resolved(self.project.names.resolve(name), depth - 1)

    def _item(self, expr: ir.Subscript, scope: Scope, depth: int) -> Values:
        base = self.evaluate(expr.value, scope, depth - 1)
        if ExternalValue("sys.modules") in base:
            return self._module_named(self._text(expr.index[0], scope), depth)
        if external_names(base) & (TRANSPARENT | UNIONS):
            # ``Port = Annotated[Foo, ...]``: an alias for a type stands for its instances.
            return self.annotations.of(expr, scope, depth - 1)
        # ``Generic[T]`` is the class itself when it is used as a value.
        classes = frozenset(v for v in base if isinstance(v, ClassValue))
        return classes or self.containers.item(expr, scope, depth) or ANYTHING


def _constant(name: str, scope: Scope) -> ir.Expr | None:
    """The expression a name is bound to once, in the scope that binds it."""
    current: Scope | None = scope
    while current is not None:
        if name in current.names.bound:
            return current.names.only(name)
        current = current.parent
    return None


def _is_bridged(param: ir.Param, scope: Scope) -> bool:
    """Whether a nested function is handed to ``session.run_sync``, which gives it a session of its own to work with."""
    if scope.parent is None or scope.parent.kind != "function" or scope.params[0] is not param:
        return False
    name = ir.Name(scope.qualname.rpartition(".")[2])
    return any(
        isinstance(node, ir.Call)
        and isinstance(node.func, ir.Attr)
        and node.func.name == "run_sync"
        and bool(node.args)
        and node.args[0].value == name
        for node in walk_own(scope.parent.body)
    )


def _definition_value(scope: Scope) -> Value:
    if scope.kind == "class":
        return ClassValue(scope.module, scope.qualname)
    return FunctionValue(scope.module, scope.qualname)
