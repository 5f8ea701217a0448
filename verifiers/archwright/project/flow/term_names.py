"""What names in the conditions of a function are called: aliases by what they stand for, things of modules by their full names."""

from __future__ import annotations

from functools import cached_property

from archwright.facts import ir
from archwright.facts.walk import walk, walk_own
from archwright.project.code import Scope
from archwright.project.control_flow.cfg import ANSWER
from archwright.project.render import render
from archwright.project.substitution import GLOBAL, SELF, map_parts, substitute
from archwright.project.types.inference import Inference
from archwright.project.types.values import ClassValue, ExternalValue, FunctionValue, ModuleValue

_DEPTH = 6


class TermNames:
    """The names of one scope."""

    def __init__(self, scope: Scope, inference: Inference) -> None:
        self.scope = scope
        self._inference = inference
        self._full_names: dict[str, str | None] = {}
        params = scope.params
        own = scope.owner is not None and params and not scope.decorated("staticmethod")
        self.receiver = params[0].name if own else None

    def canonical(self, expr: ir.Expr) -> ir.Expr:
        """*expr* with local aliases of paths replaced by the paths, and the method's receiver called ``self``."""
        return substitute(expr, self._canonical_name)

    def path(self, expr: ir.Expr) -> str | None:
        """The canonical dotted path of *expr*, if it is one."""
        if ir.dotted(expr) is None:
            return None  # names stand for paths: what is no path now does not become one
        return ir.dotted(self.meant(self.canonical(expr)))

    def key(self, expr: ir.Expr) -> str:
        """What *expr* is called among the atoms."""
        return render(self.meant(self.canonical(expr)))

    def assigned(self, name: str) -> str:
        """What the variable *name* is called in atoms when this function gives it a value."""
        return name if name == ANSWER else render(self.meant(ir.Name(name)))

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

    def meant(self, expr: ir.Expr) -> ir.Expr:
        """*expr* with what lives in a module called by its full name, so that it is the same wherever it is imported."""
        if isinstance(expr, ir.Comp | ir.Lambda):
            return expr  # they bind names of their own
        if isinstance(expr, ir.Name):
            full = self._full_name(expr.id)
            return expr if full is None else ir.Name(full)
        changed: ir.Expr = map_parts(expr, self.meant)
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
