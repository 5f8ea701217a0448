"""The names code can see where it stands: its own scope, the functions around it, the module, the builtins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from archwright.facts import ir
from archwright.facts.binding import Bound, Names
from archwright.facts.folding import fold

_ALIASES = 4
"""How many names in a row are followed that stand for one another."""
_BUILTIN = Bound("builtin")


class Frames:
    """The chain of scopes around the code at hand."""

    def __init__(self, module: Names) -> None:
        self._frames = [module]
        self._is_class = [False]
        self._hidden: list[frozenset[str]] = []
        # Imports are numbered up front: a function may use a module-level import that stands below it.
        self._numbers: dict[int, int] = {}

    @property
    def module(self) -> Names:
        """The names of the module itself."""
        return self._frames[0]

    @property
    def own(self) -> Names:
        """The names of the innermost scope."""
        return self._frames[-1]

    @contextmanager
    def inside(self, names: Names, *, is_class: bool) -> Iterator[None]:
        """Enters a function or a class."""
        self._frames.append(names)
        self._is_class.append(is_class)
        yield
        self._is_class.pop()
        self._frames.pop()

    @contextmanager
    def hiding(self, names: set[str]) -> Iterator[None]:
        """Enters a lambda or a comprehension, whose own names hide others."""
        self._hidden.append(frozenset(names))
        yield
        self._hidden.pop()

    def number(self, alias: object) -> int:
        """The index of an imported name among all of the module."""
        return self._numbers.setdefault(id(alias), len(self._numbers))

    def lookup(self, name: str) -> list[Bound]:
        """The ways *name* may get its value."""
        if any(name in hidden for hidden in self._hidden):
            return []
        for depth in range(len(self._frames) - 1, -1, -1):
            if self._is_class[depth] and depth != len(self._frames) - 1:
                continue
            if name in self._frames[depth].bound:
                return self._frames[depth].bound[name]
        return [_BUILTIN]

    def constant(self, name: str) -> ir.Expr | None:
        """The expression *name* is bound to, if it is bound once."""
        bounds = self.lookup(name)
        return bounds[0].value if len(bounds) == 1 and bounds[0].kind == "assign" else None

    def text(self, expr: ir.Expr | None) -> str | None:
        """What a string expression comes to; None when that is not constant."""
        return fold(expr, self.constant)

    def chain(self, name: str, depth: int = _ALIASES) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """The imports a dotted name may start from and the attributes after them, through local aliases."""
        root, *rest = name.split(".")
        bounds = self.lookup(root)
        imports = tuple(self.number(b.node) for b in bounds if b.kind == "import")
        if imports:
            return imports, tuple(rest)
        if depth and len(bounds) == 1 and bounds[0].kind == "assign":
            target = ir.dotted(bounds[0].value)
            if target is not None and target.split(".")[0] != root:
                found, chain = self.chain(target, depth - 1)
                return found, chain + tuple(rest)
        return (), ()

    @property
    def in_class(self) -> bool:
        """Whether the code at hand stands directly in a class."""
        return self._is_class[-1]

    def absolute(self, name: str | None) -> str | None:
        """The dotted name with its root replaced by what the root was imported as; for names of other packages."""
        return None if name is None else next(self._absolute(name, _ALIASES, several=False), None)

    def all_absolute(self, name: str) -> Iterator[str]:
        """Every such name, where names are bound more than once."""
        return self._absolute(name, _ALIASES, several=True)

    def _absolute(self, name: str, depth: int, *, several: bool) -> Iterator[str]:
        root, _, rest = name.partition(".")
        suffix = f".{rest}" if rest else ""
        bounds = self.lookup(root)
        for how in bounds:
            if how.kind == "import" and isinstance(how.node, ir.Alias):
                if not isinstance(how.statement, ir.ImportFrom):
                    yield (how.node.name if how.node.asname else root) + suffix
                elif how.statement.level == 0:
                    yield f"{how.statement.module}.{how.node.name}{suffix}"
            elif how.kind == "assign" and depth and (several or len(bounds) == 1):
                target = ir.dotted(how.value)
                if target is not None and target.split(".")[0] != root:
                    yield from self._absolute(target + suffix, depth - 1, several=several)
            elif how is _BUILTIN:
                yield name
