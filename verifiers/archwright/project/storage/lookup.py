"""What names in a declaration stand for: through scopes, imports and modules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archwright.facts import ir
from archwright.facts.binding import Bound
from archwright.project.code import Scope
from archwright.project.names import Resolution
from archwright.project.storage.frames import Frame
from archwright.project.storage.literals import Class, Function, InModule, Outside, Unknown
from archwright.project.storage.members import member

if TYPE_CHECKING:
    from archwright.project.storage.evaluate import Evaluator


class Lookup:
    """The values of names for one evaluator, each module's found once."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._inference = evaluator.inference
        self._project = evaluator.project
        self._reads = evaluator.project.reads
        self._module_values: dict[tuple[str, str], Any] = self._reads.table(None)
        self._busy: set[tuple[str, str]] = set()

    def find(self, expr: ir.Name, frame: Frame, depth: int) -> Any:
        """The value of a name where it is read."""
        found, value = frame.find(expr.id)
        if found:
            return value
        scope: Scope | None = frame.scope
        first = True
        while scope is not None and scope.kind != "module":
            if (first or scope.kind != "class") and expr.id in scope.names.bound:
                return self._bound(scope.names.bound[expr.id], scope, expr.id, depth)
            first = False
            scope = scope.parent
        module = frame.scope.module
        bindings = self._inference.index(module).root.names.bound.get(expr.id)
        if not bindings:
            return self.dotted(module, expr.id, depth)
        if len(bindings) > 1 and _runs_at_import(frame.scope):
            return self._so_far(bindings, expr.id, frame, depth)
        return self.of_module(module, expr.id, depth)

    def of_module(self, module: str, name: str, depth: int) -> Any:
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
            return self._reads.made(self._module_values, key, lambda: self._at_top(module, name, depth))
        finally:
            self._busy.discard(key)

    def dotted(self, module: str, name: str, depth: int) -> Any:
        """The value of an absolute dotted name, looked up from *module*."""
        found = self._project.names.resolve_in(module, name)
        return Outside(f"builtins.{name}") if found is None else self.resolved(found, depth)

    def resolved(self, found: Resolution, depth: int) -> Any:
        """The value of what a dotted name leads to."""
        if found.kind == "external":
            return Outside(found.module)
        if found.kind == "module":
            return InModule(found.module)
        if found.kind != "symbol" or not self._project.has(found.module):
            away = found.kind in ("missing", "unknown") and "." in found.symbol
            return Unknown(f"`{found.qualified}` leads nowhere", away=away)
        head, _, rest = found.symbol.partition(".")
        value = self._evaluator.module_value(found.module, head, depth)
        for part in rest.split(".") if rest else ():
            value = member(self._evaluator, value, part, depth)
        return value

    # --- helpers ---

    def _so_far(self, bindings: list[Bound], name: str, frame: Frame, depth: int) -> Any:
        """A name of a module that is bound several times, read by a statement that runs while the module is imported."""
        root = self._inference.index(frame.scope.module).root
        if _last(bindings, root) is None:
            return self._alternatives(bindings, root, name, depth)
        if frame.since is None:
            return Unknown(f"`{name}` is bound in {len(bindings)} places")
        before = [how for how in bindings if _place(how) < frame.since]
        return self._bound(before or bindings, root, name, depth)

    def _at_top(self, module: str, name: str, depth: int) -> Any:
        root = self._inference.index(module).root
        bindings = root.names.bound.get(name, [])
        if not bindings:
            return self.dotted(module, name, depth)
        return self._bound(bindings, root, name, depth)

    def _bound(self, bindings: list[Bound], scope: Scope, name: str, depth: int) -> Any:
        if len(bindings) > 1 and any(b.kind != "import" for b in bindings):
            return self._alternatives(bindings, scope, name, depth)
        how = bindings[0]
        if how.kind == "assign" and how.value is not None:
            return self._evaluator.evaluate(how.value, Frame(scope, since=_place(how)), depth - 1)
        if how.kind == "import" and isinstance(how.node, ir.Alias):
            return self._imported(how, scope, depth)
        if how.kind in ("function", "class"):
            inner = self._inference.index(scope.module).by_node.get(id(how.node))
            if inner is not None:
                return Function(inner) if how.kind == "function" else Class(inner.module, inner.qualname)
        return Unknown(f"`{name}` is not a constant")

    def _alternatives(self, bindings: list[Bound], scope: Scope, name: str, depth: int) -> Any:
        """A name bound several times: what a module binds last whatever happens, or one thing under two names.

        Of ``try: from a import x`` / ``except ImportError: from b import x`` it is the first.
        """
        last = _last(bindings, scope)
        if last is not None:
            return self._bound([last], scope, name, depth)
        key = (f"{scope.qualified}:", name)
        renamed = all(b.kind == "import" or isinstance(b.value, ir.Name | ir.Attr) for b in bindings)
        if renamed and key not in self._busy:
            self._busy.add(key)
            try:
                values = [self._bound([b], scope, name, depth - 1) for b in bindings]
            finally:
                self._busy.discard(key)
            if all(isinstance(v, Outside) for v in values):
                return values[0]
        return Unknown(f"`{name}` is bound in {len(bindings)} places")

    def _imported(self, how: Bound, scope: Scope, depth: int) -> Any:
        alias, statement = how.node, how.statement
        names = self._project.names
        if not isinstance(alias, ir.Alias):
            return Unknown("an import that cannot be read")
        if isinstance(statement, ir.ImportFrom):
            base = names.absolute(scope.module, statement.module, statement.level)
            if base is None:
                return Unknown(f"`{alias.name}` is imported from above the top package")
            return self.resolved(names.resolve(f"{base}.{alias.name}"), depth)
        return self.resolved(
            names.resolve(alias.name if alias.asname else alias.name.partition(".")[0]), depth
        )


def _last(bindings: list[Bound], scope: Scope) -> Bound | None:
    """The binding that a module ends with: a statement of its own body that no other binding comes behind."""
    valued = [how for how in bindings if not isinstance(how.node, ir.AnnAssign) or how.node.value is not None]
    how = valued[-1] if valued and scope.kind == "module" else None
    return how if how is not None and any(_statement(how) is own for own in scope.body) else None


def _statement(how: Bound) -> object:
    return how.statement if how.statement is not None else how.node


def _place(how: Bound) -> tuple[int, int]:
    at: ir.Span = getattr(_statement(how), "at", (0, 0, 0, 0))
    return at[0], at[1]


def _runs_at_import(scope: Scope) -> bool:
    """Whether a body runs once, while its module is imported: that of the module, or of a class outside functions."""
    current: Scope | None = scope
    while current is not None and current.kind == "class":
        current = current.parent
    return current is None or current.kind == "module"
