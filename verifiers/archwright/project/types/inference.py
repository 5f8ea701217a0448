"""What expressions stand for: names, attributes and calls followed through assignments, annotations, constructors and factories.

The answer is a set of values. ``UNKNOWN`` in it says that the set is not complete; an empty set stands for values without
methods of interest, such as None. Nothing is guessed: a verifier that needs more than this answer has to say *undecided*.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from archwright.facts import ir
from archwright.facts.binding import Bound
from archwright.project.code import CodeIndex, Scope, index_code
from archwright.project.names import Resolution
from archwright.project.project import Project
from archwright.project.types.annotations import TRANSPARENT, UNIONS
from archwright.project.types.call_results import CallResults
from archwright.project.types.classes import ClassHierarchy
from archwright.project.types.containers.containers import Containers
from archwright.project.types.generics import Generics
from archwright.project.types.local_names import Locals, read_locals
from archwright.project.types.members import Members
from archwright.project.types.name_bindings import NameBindings
from archwright.project.types.protocols import Protocols
from archwright.project.types.reflection import Reflection
from archwright.project.types.type_reader import TypeReader
from archwright.project.types.values import (
    ANYTHING,
    NOTHING,
    UNKNOWN,
    ClassValue,
    ExternalInstance,
    ExternalValue,
    FunctionValue,
    InstanceValue,
    Value,
    Values,
    external_names,
    is_unbound,
)

K = TypeVar("K")
A = TypeVar("A")
_DEPTH = 24


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
        self.bindings = NameBindings(self)
        self.results = CallResults(self)
        self.reflection = Reflection(self)
        self._reads = project.reads
        self._indexes: dict[str, CodeIndex] = self._reads.table("indexes")
        self._busy: set[object] = set()
        self._provisional: dict[object, Any] = {}
        self._names: dict[tuple[int, str], Values] = self._reads.table("values of names")
        self._clauses: dict[tuple[int, str], Values] = self._reads.table(None)
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
        return self.index(value.module).function(value.qualname)

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
            return self.results.of(expr, scope, depth)
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
        if isinstance(expr, ir.Lambda):
            made = self.index(scope.module).lambda_scope(expr)
            return ANYTHING if made is None else frozenset({FunctionValue(made.module, made.qualname)})
        return ANYTHING

    def callees(self, call: ir.Call, scope: Scope) -> Values:
        """What *call* may call."""
        return self.reflection.called(call, scope) or self.evaluate(call.func, scope)

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
            return found if clause is None else self._in_clause(clause, expr, scope, depth)
        return found

    def _in_clause(self, clause: ir.Clause, expr: ir.Name, scope: Scope, depth: int) -> Values:
        """Kept by the clause: names given by clauses that go through each other would be followed exponentially."""
        return self.answer(
            self._clauses,
            (id(clause), expr.id),
            lambda: self.containers.in_clause(clause, expr.id, scope, depth),
            NOTHING,
        )

    def _locals(self, scope: Scope) -> Locals:
        known = self._places.get(id(scope))
        if known is None:
            known = self._places[id(scope)] = read_locals(scope.body)
        return known

    def name(self, name: str, scope: Scope, depth: int = _DEPTH) -> Values:
        """The values *name* may have in *scope*."""
        return self.answer(
            self._names, (id(scope), name), lambda: self.bindings.look_up(name, scope, depth), NOTHING
        )

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

    def bound(self, how: Bound, name: str, scope: Scope, depth: int) -> Values:
        """What one binding of *name* in *scope* gives it."""
        return self.bindings.bound(how, name, scope, depth)

    def resolved(self, found: Resolution, depth: int) -> Values:
        """What a resolved dotted name stands for."""
        return self.bindings.resolved(found, depth)

    def returned(self, function: FunctionValue, depth: int = _DEPTH) -> Values:
        """What calling *function* gives, once awaited: by its return annotation, else by what it returns."""
        return self.results.returned(function, depth)

    def picked_from(self, expr: ir.Expr, scope: Scope) -> Values:
        """The functions ``getattr(module, name)`` may give where the name is not constant; empty for anything else."""
        return self.reflection.picked_from(expr, scope)

    def clause_of(self, expr: ir.Name, scope: Scope) -> ir.Clause | None:
        """The clause of a comprehension that gives a name its value where it stands."""
        return self._locals(scope).clauses.get(id(expr))

    # --- attributes and items ---

    def _attribute_of(self, expr: ir.Attr, scope: Scope, depth: int) -> Values:
        if (
            isinstance(expr.value, ir.Call)
            and isinstance(expr.value.func, ir.Name)
            and expr.value.func.id == "super"
        ):
            return self.members.inherited(expr.name, scope, depth)
        return self.members.of(self.evaluate(expr.value, scope, depth - 1), expr.name, depth)

    def _item(self, expr: ir.Subscript, scope: Scope, depth: int) -> Values:
        entry = self.reflection.entry(expr, scope, depth)
        if entry:
            return entry
        base = self.evaluate(expr.value, scope, depth - 1)
        if external_names(base) & (TRANSPARENT | UNIONS):
            # ``Port = Annotated[Foo, ...]``: an alias for a type stands for its instances.
            return self.annotations.of(expr, scope, depth - 1)
        # ``Generic[T]`` is the class itself when it is used as a value.
        classes = frozenset(v for v in base if isinstance(v, ClassValue))
        return classes or self.containers.item(expr, scope, depth) or ANYTHING
