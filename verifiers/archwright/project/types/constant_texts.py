"""The texts an expression may come to: through names, loops over literals and entries of literal tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.facts.folding import fold
from archwright.project.code import Scope
from archwright.project.types.containers.things import Things, Written
from archwright.project.types.values import ClassValue, InstanceValue, ModuleValue

if TYPE_CHECKING:
    from archwright.project.types.inference import Inference

Texts = tuple[frozenset[str], bool]
"""The texts an expression may come to, and whether it comes to no other."""
_DEPTH = 24


class ConstantTexts:
    """Follows texts."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def of(self, expr: ir.Expr, scope: Scope, depth: int = _DEPTH) -> Texts:
        """The constant texts *expr* may come to: through names, loops over literals, entries of literal tables."""
        folded = fold(expr, lambda name: constant(name, scope))
        if folded is not None and "@" not in folded:
            return frozenset({folded}), True
        if depth <= 0:
            self._inference.cuts += 1
            return frozenset(), False
        if isinstance(expr, ir.IfExp):
            return _either(self.of(expr.body, scope, depth - 1), self.of(expr.orelse, scope, depth - 1))
        if isinstance(expr, ir.BoolOp):
            return _either(self.of(expr.left, scope, depth - 1), self.of(expr.right, scope, depth - 1))
        if isinstance(expr, ir.Walrus):
            return self.of(expr.value, scope, depth - 1)
        if isinstance(expr, ir.Name):
            return self._named(expr, scope, depth)
        if isinstance(expr, ir.Subscript) and not isinstance(expr.index[0], ir.Slice):
            containers = self._inference.containers
            return self._written(
                containers.picked((Written(expr.value, scope),), expr.index[0], depth), depth
            )
        if isinstance(expr, ir.Attr):
            return self._of_attribute(expr, scope, depth)
        return frozenset(), False

    def single(self, expr: ir.Expr, scope: Scope) -> str | None:
        """The one text *expr* comes to; None when there are several, or it is not known."""
        found, complete = self.of(expr, scope)
        return next(iter(found)) if complete and len(found) == 1 else None

    def _named(self, expr: ir.Name, scope: Scope, depth: int) -> Texts:
        containers = self._inference.containers
        clause = self._inference.clause_of(expr, scope)
        if clause is not None:
            things = containers.iterated((Written(clause.iter, scope),), depth - 1)
            return self._written(containers.placed(clause.target, expr.id, things, depth - 1), depth)
        current: Scope | None = scope
        while current is not None and (
            expr.id not in current.names.bound or (current.kind == "class" and current is not scope)
        ):
            current = current.parent
        if current is None:
            return frozenset(), False
        found: Texts = (frozenset(), True)
        for how in current.names.bound[expr.id]:
            if how.kind == "assign" and how.value is not None:
                part = self.of(how.value, current, depth - 1)
            elif how.kind == "for" and isinstance(how.node, ir.For):
                things = containers.iterated((Written(how.node.iter, current),), depth - 1)
                part = self._written(containers.placed(how.node.target, expr.id, things, depth - 1), depth)
            elif how.kind == "param" and isinstance(how.node, ir.Param) and how.node.default is not None:
                part = (self.of(how.node.default, current.parent or current, depth - 1)[0], False)
            elif how.kind == "import":
                part = self._imported(expr.id, current, depth)
            else:
                part = (frozenset(), False)
            found = _either(found, part)
        return found

    def _written(self, things: Things, depth: int) -> Texts:
        found: Texts = (frozenset(), bool(things))
        for thing in things:
            part: Texts = (frozenset(), False)
            if isinstance(thing, Written):
                part = self.of(thing.expr, thing.scope, depth - 1)
            found = _either(found, part)
        return found

    def _imported(self, name: str, scope: Scope, depth: int) -> Texts:
        project = self._inference.project
        found = project.names.resolve_in(scope.module, name)
        if found is None or found.kind != "symbol" or "." in found.symbol or not project.has(found.module):
            return frozenset(), False
        if (found.module, found.symbol) == (scope.module, name):
            return frozenset(), False
        return self.of(ir.Name(found.symbol), self._inference.index(found.module).root, depth - 1)

    def _of_attribute(self, expr: ir.Attr, scope: Scope, depth: int) -> Texts:
        """``self.NAME`` and ``module.NAME``."""
        project = self._inference.project
        found: Texts = (frozenset(), True)
        owners = self._inference.evaluate(expr.value, scope, depth - 1)
        for owner in owners:
            part: Texts = (frozenset(), False)
            if isinstance(owner, ModuleValue) and project.has(owner.name):
                part = self.of(ir.Name(expr.name), self._inference.index(owner.name).root, depth - 1)
            elif isinstance(owner, InstanceValue | ClassValue):
                cls = owner.cls if isinstance(owner, InstanceValue) else owner
                for _, value, where in self._inference.members.sources(cls, expr.name):
                    if value is not None:
                        part = _either((part[0], True), self.of(value, where, depth - 1))
            found = _either(found, part)
        return found if owners else (frozenset(), False)


def constant(name: str, scope: Scope) -> ir.Expr | None:
    """The expression a name is bound to once, in the scope that binds it."""
    current: Scope | None = scope
    while current is not None:
        if name in current.names.bound:
            return current.names.only(name)
        current = current.parent
    return None


def _either(one: Texts, other: Texts) -> Texts:
    return one[0] | other[0], one[1] and other[1]
