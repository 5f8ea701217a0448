"""What expressions stand for: names, attributes and calls followed through assignments, annotations, constructors and factories.

The answer is a set of values. ``UNKNOWN`` in it says that the set is not complete; an empty set stands for values without
methods of interest, such as None. Nothing is guessed: a verifier that needs more than this answer has to say *undecided*.
"""

from __future__ import annotations

from collections.abc import Iterable

from archwright.facts import ir
from archwright.facts.binding import Bound
from archwright.facts.walk import walk_own
from archwright.project.annotations import (
    ITERATED,
    LAST_ARGUMENT,
    TRANSPARENT,
    UNIONS,
    parse_annotation,
)
from archwright.project.classes import ClassHierarchy
from archwright.project.code import CodeIndex, Scope, index_code
from archwright.project.names import Resolution
from archwright.project.project import Project
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
)

_DEPTH = 24
_PROPERTIES = ("property", "cached_property")
_Assignment = tuple[Scope, ir.Expr | None, ir.Expr | None]
"""A method that assigns an attribute, the value and the annotation."""


class Inference:
    """Evaluates expressions of a project; keeps what it has found out."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.classes = ClassHierarchy(project)
        self._indexes: dict[str, CodeIndex] = {}
        self._returns: dict[tuple[str, str], Values] = {}
        self._attributes: dict[tuple[str, str, str], Values] = {}
        self._busy: set[object] = set()
        self._names: dict[tuple[int, str], Values] = {}
        self._assigned_attributes: dict[int, dict[str, list[_Assignment]]] = {}
        # How often a cycle or the depth bound cut an answer short; an answer is kept only if nothing below it was cut.
        self._cuts = 0

    # --- entry points ---

    def index(self, module: str) -> CodeIndex:
        """The scopes of *module*."""
        found = self._indexes.get(module)
        if found is None:
            found = self._indexes[module] = index_code(module, self.project.code(module))
        return found

    def scope(self, value: FunctionValue | ClassValue) -> Scope | None:
        """The body of a function or class."""
        return self.index(value.module).scopes.get(value.qualname)

    def evaluate(self, expr: ir.Expr | None, scope: Scope, depth: int = _DEPTH) -> Values:
        """The values *expr* may have when it is evaluated in *scope*."""
        if expr is None or depth <= 0:
            self._cuts += 1
            return ANYTHING
        if isinstance(expr, ir.Name):
            return self.name(expr.id, scope, depth)
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
        if isinstance(expr, ir.Seq | ir.Dict | ir.Comp):
            kind = "dict" if isinstance(expr, ir.Dict) else expr.kind
            return frozenset({ExternalInstance(f"builtins.{kind}")})
        return ANYTHING

    def callees(self, call: ir.Call, scope: Scope) -> Values:
        """What *call* may call."""
        return self.evaluate(call.func, scope)

    def types(self, annotation: ir.Expr | None, scope: Scope, depth: int = _DEPTH) -> Values:
        """The instances an annotation admits; None is left out, Any and what cannot be resolved is UNKNOWN."""
        if annotation is None or depth <= 0:
            self._cuts += depth <= 0
            return ANYTHING
        if isinstance(annotation, ir.Str):
            return self.types(parse_annotation(annotation.value), scope, depth - 1)
        if isinstance(annotation, ir.Const):
            return NOTHING if annotation.text == "None" else ANYTHING
        if isinstance(annotation, ir.BinOp) and annotation.op == "|":
            return self.types(annotation.left, scope, depth - 1) | self.types(
                annotation.right, scope, depth - 1
            )
        if isinstance(annotation, ir.Subscript):
            return self._generic(annotation, scope, depth)
        if (isinstance(annotation, ir.Name) and annotation.id == "Self") or _is_self(annotation):
            owner = _enclosing_class(scope)
            return ANYTHING if owner is None else frozenset({InstanceValue(owner.module, owner.qualname)})
        return self._instances(self.evaluate(annotation, scope, depth - 1), scope, depth)

    def member(self, value: Value, name: str) -> Values:
        """The values attribute *name* of *value* may have."""
        return self._member((value,), name, _DEPTH)

    def property_of(self, value: InstanceValue, name: str) -> Scope | None:
        """The function behind a property of *value*; None when the attribute is none, or is overridden somewhere."""
        owner = self._find_member(value.cls.qualified, name)
        cls = self._class_scope(owner) if owner is not None else None
        if cls is None or any(
            self.classes.defines(d, name) for d in self.classes.descendants(value.cls.qualified)
        ):
            return None
        bindings = cls.names.bound.get(name, [])
        if len(bindings) != 1 or bindings[0].kind != "function":
            return None
        method = self.index(cls.module).by_node.get(id(bindings[0].node))
        return method if method is not None and any(method.decorated(p) for p in _PROPERTIES) else None

    # --- names ---

    def name(self, name: str, scope: Scope, depth: int = _DEPTH) -> Values:
        """The values *name* may have in *scope*."""
        key = (id(scope), name)
        known = self._names.get(key)
        if known is not None:
            return known
        if key in self._busy:
            self._cuts += 1
            return NOTHING
        self._busy.add(key)
        cuts = self._cuts
        try:
            found = self._lookup(name, scope, depth)
        finally:
            self._busy.discard(key)
        if cuts == self._cuts or depth == _DEPTH:
            self._names[key] = found
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
                    values |= self._bound(how, name, current, depth - 1)
                return frozenset(values)
            first = False
            current = current.parent
        found = self.project.names.resolve_in(scope.module, name)
        if found is None:
            return frozenset({ExternalValue(f"builtins.{name}")})
        return self._resolved(found, depth)

    def _bound(self, how: Bound, name: str, scope: Scope, depth: int) -> Values:
        if how.kind == "param" and isinstance(how.node, ir.Param):
            return self._parameter(how.node, scope, depth)
        if how.kind == "assign":
            if how.annotation is not None:
                # ``TypeAlias`` and the like aside, a declared type is wider than any one assigned value.
                declared = self.types(how.annotation, scope, depth)
                if UNKNOWN not in declared or how.value is None:
                    return declared
            return self.evaluate(how.value, scope, depth)
        if how.kind == "import" and isinstance(how.node, ir.Alias):
            return self._imported(how, scope, depth)
        if how.kind in ("function", "class"):
            inner = self.index(scope.module).by_node.get(id(how.node))
            return ANYTHING if inner is None else frozenset({_definition_value(inner)})
        if how.kind == "with" and isinstance(how.node, ir.WithItem):
            return self._entered(how.node.expr, scope, depth)
        if how.kind == "except" and isinstance(how.node, ir.Handler):
            kinds = how.node.type.items if isinstance(how.node.type, ir.Seq) else (how.node.type,)
            return frozenset().union(*(self.types(kind, scope, depth) for kind in kinds if kind is not None))
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
            return self._resolved(names.resolve(f"{base}.{alias.name}"), depth)
        target = alias.name if alias.asname else alias.name.partition(".")[0]
        return self._resolved(names.resolve(target), depth)

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
        if param.kind == "vararg":
            return frozenset({ExternalInstance("builtins.tuple")})
        if param.kind == "kwarg":
            return frozenset({ExternalInstance("builtins.dict")})
        return self.types(param.annotation, scope, depth)

    def _resolved(self, found: Resolution, depth: int) -> Values:
        if found.kind == "module":
            return frozenset({ModuleValue(found.module)})
        if found.kind == "external":
            return frozenset({ExternalValue(found.module)})
        if found.kind != "symbol" or not self.project.has(found.module):
            return ANYTHING
        head, _, rest = found.symbol.partition(".")
        index = self.index(found.module)
        values: set[Value] = set()
        for how in index.root.names.bound.get(head, ()):
            values |= self._bound(how, head, index.root, depth - 1)
        result: Values = frozenset(values) if values else ANYTHING
        for attribute in rest.split(".") if rest else ():
            result = self._member(result, attribute, depth - 1)
        return result

    # --- attributes ---

    def _attribute_of(self, expr: ir.Attr, scope: Scope, depth: int) -> Values:
        if (
            isinstance(expr.value, ir.Call)
            and isinstance(expr.value.func, ir.Name)
            and expr.value.func.id == "super"
        ):
            return self._super(expr.name, scope)
        return self._member(self.evaluate(expr.value, scope, depth - 1), expr.name, depth)

    def _member(self, values: Iterable[Value], name: str, depth: int) -> Values:
        found: set[Value] = set()
        for value in values:
            if isinstance(value, ModuleValue):
                found |= self._resolved(self.project.names.resolve(f"{value.name}.{name}"), depth - 1)
            elif isinstance(value, ClassValue):
                found |= self._class_member(value, name, depth, instance=False)
            elif isinstance(value, InstanceValue):
                found |= self._class_member(value.cls, name, depth, instance=True)
            elif isinstance(value, ExternalValue | ExternalInstance):
                found.add(ExternalValue(f"{value.name}.{name}"))
            else:
                found.add(UNKNOWN)
        return frozenset(found)

    def _class_member(self, cls: ClassValue, name: str, depth: int, *, instance: bool) -> Values:
        found: set[Value] = set()
        owner = self._find_member(cls.qualified, name)
        candidates = [] if owner is None else [owner]
        if instance:
            below = list(self.classes.descendants(cls.qualified))
            if self.classes.is_protocol(cls.qualified):
                below += self.classes.implementers(cls.qualified)
            for descendant in below:
                defining = self._find_member(descendant, name)
                if defining is not None and defining not in candidates:
                    candidates.append(defining)
        for defining in candidates:
            found |= self._own_member(defining, name, cls, depth, instance=instance)
        if owner is None or not found:
            found |= self._inherited_externally(cls, name)
        return frozenset(found) or ANYTHING

    def _inherited_externally(self, cls: ClassValue, name: str) -> Values:
        lineage = self.classes.lineage(cls.qualified)
        outside = [
            b
            for b in lineage
            if not self.classes.known(b) and b not in ("builtins.object", "typing.Protocol")
        ]
        if not outside and self._find_member(cls.qualified, "__getattr__") is None:
            return NOTHING
        return frozenset({UNKNOWN, *(ExternalValue(f"{base}.{name}") for base in outside)})

    def _find_member(self, qualified: str, name: str) -> str | None:
        """The class in the lineage of *qualified* that has *name*, as a method, class attribute or instance attribute."""
        for base in self.classes.lineage(qualified):
            if self.classes.known(base) and (self.classes.defines(base, name) or self._assigned(base, name)):
                return base
        return None

    def _class_scope(self, qualified: str) -> Scope | None:
        module, qualname = self.classes.locate(qualified)
        return self.index(module).scopes.get(qualname)

    def _assigned(self, qualified: str, name: str) -> bool:
        scope = self._class_scope(qualified)
        if scope is None:
            return False
        return name in scope.names.bound or bool(self._instance_assignments(scope, name))

    def _instance_assignments(self, cls: Scope, name: str) -> list[_Assignment]:
        """``self.name = value`` in the methods of *cls*."""
        table = self._assigned_attributes.get(id(cls))
        if table is None:
            table = self._assigned_attributes[id(cls)] = _attribute_assignments(cls, self.index(cls.module))
        return table.get(name, [])

    def _own_member(
        self, qualified: str, name: str, looked_up: ClassValue, depth: int, *, instance: bool
    ) -> Values:
        key = (qualified, name, "i" if instance else "c")
        known = self._attributes.get(key)
        if known is not None and looked_up.qualified == qualified:
            return known
        if key in self._busy:
            self._cuts += 1
            return NOTHING
        self._busy.add(key)
        cuts = self._cuts
        try:
            found = self._read_member(qualified, name, looked_up, depth, instance=instance)
        finally:
            self._busy.discard(key)
        if looked_up.qualified == qualified and cuts == self._cuts:
            self._attributes[key] = found
        return found

    def _read_member(
        self, qualified: str, name: str, looked_up: ClassValue, depth: int, *, instance: bool
    ) -> Values:
        cls = self._class_scope(qualified)
        if cls is None:
            return ANYTHING
        values: set[Value] = set()
        for how in cls.names.bound.get(name, ()):
            if how.kind == "function":
                inner = self.index(cls.module).by_node.get(id(how.node))
                if inner is not None:
                    values |= self._method(inner, looked_up, depth, instance=instance)
            elif how.kind == "class":
                values |= self._bound(how, name, cls, depth - 1)
            elif how.annotation is not None:
                values |= self.types(how.annotation, cls, depth - 1)
            else:
                values |= self._bound(how, name, cls, depth - 1)
        for method, value, annotation in self._instance_assignments(cls, name):
            if annotation is not None:
                values |= self.types(annotation, method, depth - 1)
            else:
                values |= self.evaluate(value, method, depth - 1)
        return frozenset(values)

    def _method(self, method: Scope, looked_up: ClassValue, depth: int, *, instance: bool) -> Values:
        if instance and any(method.decorated(name) for name in _PROPERTIES):
            return self.returned(FunctionValue(method.module, method.qualname, True), depth)
        if method.decorated("setter") or method.decorated("deleter") or method.decorated("overload"):
            return NOTHING
        bound = (instance and not method.decorated("staticmethod")) or method.decorated("classmethod")
        return frozenset({FunctionValue(method.module, method.qualname, bound, looked_up.qualified)})

    def _super(self, name: str, scope: Scope) -> Values:
        owner = _enclosing_class(scope)
        if owner is None:
            return ANYTHING
        lineage = self.classes.lineage(owner.qualified)[1:]
        for base in lineage:
            if not self.classes.known(base):
                return frozenset({ExternalValue(f"{base}.{name}")})
            if self.classes.defines(base, name):
                module, qualname = self.classes.locate(base)
                return self._own_member(base, name, ClassValue(module, qualname), _DEPTH, instance=True)
        return frozenset({ExternalValue(f"builtins.object.{name}")})

    # --- calls ---

    def returned(self, function: FunctionValue, depth: int = _DEPTH) -> Values:
        """What calling *function* gives, once awaited: by its return annotation, else by what it returns."""
        key = (function.module, function.qualname)
        known = self._returns.get(key)
        if known is not None:
            return known
        if ("returns", key) in self._busy or depth <= 0:
            self._cuts += 1
            return NOTHING if depth > 0 else ANYTHING
        scope = self.scope(function)
        if scope is None or not isinstance(scope.node, ir.FunctionDef):
            return ANYTHING
        self._busy.add(("returns", key))
        cuts = self._cuts
        try:
            found = self._read_returned(scope, scope.node, depth)
        finally:
            self._busy.discard(("returns", key))
        if cuts == self._cuts:
            self._returns[key] = found
        return found

    def _read_returned(self, scope: Scope, node: ir.FunctionDef, depth: int) -> Values:
        if node.returns is not None:
            declared = self.types(node.returns, scope, depth - 1)
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
                for method in self._class_member(value.cls, "__call__", depth - 1, instance=True):
                    found |= (
                        self.returned(method, depth - 1) if isinstance(method, FunctionValue) else ANYTHING
                    )
            elif isinstance(value, ExternalValue):
                found |= self._external_result(value, call, scope, depth)
            else:
                found.add(UNKNOWN)
        return frozenset(found)

    def _external_result(self, callee: ExternalValue, call: ir.Call, scope: Scope, depth: int) -> Values:
        positional = [arg.value for arg in call.args if not arg.keyword and not arg.star]
        if callee.name in ("functools.partial", "functools.partialmethod") and positional:
            return self.evaluate(positional[0], scope, depth - 1)
        if callee.name in ("typing.cast", "typing_extensions.cast") and len(positional) == 2:
            return self.types(positional[0], scope, depth - 1)
        if callee.name == "builtins.getattr" and len(positional) >= 2 and isinstance(positional[1], ir.Str):
            return self._member(
                self.evaluate(positional[0], scope, depth - 1), positional[1].value, depth - 1
            )
        if callee.name == "builtins.getattr":
            return ANYTHING
        if callee.name == "builtins.type" and len(positional) == 1:
            instances = self.evaluate(positional[0], scope, depth - 1)
            return frozenset(v.cls if isinstance(v, InstanceValue) else UNKNOWN for v in instances)
        if callee.name.endswith(".get") and isinstance(call.func, ir.Attr):
            return self._items(call.func.value, scope, depth) or frozenset({ExternalInstance(callee.name)})
        return frozenset({ExternalInstance(callee.name)})

    def _entered(self, expr: ir.Expr, scope: Scope, depth: int) -> Values:
        """What ``with expr as name`` binds."""
        if isinstance(expr, ir.Call):
            for value in self.evaluate(expr.func, scope, depth - 1):
                if isinstance(value, FunctionValue):
                    inner = self.scope(value)
                    if inner is not None and (
                        inner.decorated("contextmanager") or inner.decorated("asynccontextmanager")
                    ):
                        node = inner.node
                        returns = node.returns if isinstance(node, ir.FunctionDef) else None
                        return self._yielded(returns, inner, depth)
        found: set[Value] = set()
        for value in self.evaluate(expr, scope, depth - 1):
            if isinstance(value, InstanceValue):
                entered: Values = NOTHING
                for enter in ("__enter__", "__aenter__"):
                    if self._find_member(value.cls.qualified, enter):
                        for method in self._class_member(value.cls, enter, depth - 1, instance=True):
                            entered |= (
                                self.returned(method, depth - 1)
                                if isinstance(method, FunctionValue)
                                else ANYTHING
                            )
                found |= entered or ANYTHING
            elif isinstance(value, ExternalInstance):
                # The convention of files, sessions, clients and transactions: entering gives the object itself.
                found.add(value)
            else:
                found.add(UNKNOWN)
        return frozenset(found)

    def _yielded(self, returns: ir.Expr | None, scope: Scope, depth: int) -> Values:
        if isinstance(returns, ir.Str):
            returns = parse_annotation(returns.value)
        if (
            isinstance(returns, ir.Subscript)
            and _external_names(self.evaluate(returns.value, scope, depth - 1)) & ITERATED
        ):
            return self.types(returns.index[0], scope, depth - 1)
        return ANYTHING

    # --- containers and generics ---

    def _item(self, expr: ir.Subscript, scope: Scope, depth: int) -> Values:
        literal = self._items(expr.value, scope, depth)
        if literal:
            return literal
        base = self.evaluate(expr.value, scope, depth - 1)
        # ``Generic[T]`` is the class itself when it is used as a value.
        classes = frozenset(v for v in base if isinstance(v, ClassValue))
        return classes or ANYTHING

    def _items(self, container: ir.Expr, scope: Scope, depth: int) -> Values:
        """The values of a literal table: ``{"a": f, "b": g}[key]`` may be f or g. Empty when it is no literal table."""
        literal = self._literal(container, scope)
        if literal is None:
            return NOTHING
        table, where = literal
        items = table.values if isinstance(table, ir.Dict) else table.items
        return frozenset().union(*(self.evaluate(item, where, depth - 1) for item in items))

    def _literal(self, expr: ir.Expr, scope: Scope) -> tuple[ir.Dict | ir.Seq, Scope] | None:
        if isinstance(expr, ir.Dict | ir.Seq):
            return expr, scope
        if isinstance(expr, ir.Name):
            current: Scope | None = scope
            while current is not None:
                if expr.id in current.names.bound:
                    value = current.names.only(expr.id)
                    return (value, current) if isinstance(value, ir.Dict | ir.Seq) else None
                current = current.parent
        return None

    def _generic(self, annotation: ir.Subscript, scope: Scope, depth: int) -> Values:
        base = self.evaluate(annotation.value, scope, depth - 1)
        names = _external_names(base)
        if names & TRANSPARENT:
            return self.types(annotation.index[0], scope, depth - 1)
        if names & UNIONS:
            return frozenset().union(*(self.types(item, scope, depth - 1) for item in annotation.index))
        if names & LAST_ARGUMENT:
            return self.types(annotation.index[-1], scope, depth - 1)
        if names & {"builtins.type", "typing.Type"}:
            instances = self.types(annotation.index[0], scope, depth - 1)
            return frozenset(v.cls if isinstance(v, InstanceValue) else UNKNOWN for v in instances)
        return self._instances(base, scope, depth)

    def _instances(self, values: Values, scope: Scope, depth: int) -> Values:
        found: set[Value] = set()
        for value in values:
            if isinstance(value, ClassValue):
                found.add(InstanceValue(value.module, value.qualname))
            elif isinstance(value, ExternalValue):
                opaque = value.name in ("typing.Any", "builtins.object", "typing_extensions.Any")
                found.add(UNKNOWN if opaque else ExternalInstance(value.name))
            elif isinstance(value, InstanceValue):
                found.add(value)  # an alias such as ``Port = Foo | Bar`` evaluates to instances already
            else:
                found.add(UNKNOWN)
        return frozenset(found)


def _attribute_assignments(cls: Scope, index: CodeIndex) -> dict[str, list[_Assignment]]:
    """The attributes that methods of *cls* assign on their first parameter."""
    table: dict[str, list[_Assignment]] = {}
    for method in index.functions():
        if method.parent is not cls or not method.params:
            continue
        receiver = ir.Name(method.params[0].name)
        for node in walk_own(method.body):
            targets: tuple[ir.Expr, ...] = ()
            annotation = None
            if isinstance(node, ir.Assign):
                targets = node.targets
            elif isinstance(node, ir.AnnAssign):
                targets, annotation = (node.target,), node.annotation
            for target in targets:
                if isinstance(target, ir.Attr) and target.value == receiver:
                    table.setdefault(target.name, []).append((method, node.value, annotation))
    return table


def _definition_value(scope: Scope) -> Value:
    if scope.kind == "class":
        return ClassValue(scope.module, scope.qualname)
    return FunctionValue(scope.module, scope.qualname)


def _enclosing_class(scope: Scope) -> Scope | None:
    current: Scope | None = scope
    while current is not None and current.kind != "class":
        current = current.parent
    return current


def _external_names(values: Values) -> set[str]:
    return {value.name for value in values if isinstance(value, ExternalValue)}


def _is_self(annotation: ir.Expr) -> bool:
    return ir.dotted(annotation) in ("typing.Self", "typing_extensions.Self")
