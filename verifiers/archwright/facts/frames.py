"""The names code can see where it stands: its own scope, the functions around it, the module, the builtins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from archwright.facts import ir
from archwright.facts.binding import Bound, Names
from archwright.facts.folding import fold

_ALIASES = 4
"""How many names in a row are followed that stand for one another."""
_MANY = 8
"""Bindings of one name that are not read again for each use of it."""
_MOST_NAMES = 10_000
"""How many names are gone through for one where all are bound to each other."""
_BUILTIN = Bound("builtin")


class Frames:
    """The chain of scopes around the code at hand."""

    def __init__(self, module: Names) -> None:
        self._frames = [module]
        self._is_class = [False]
        self._hidden: list[frozenset[str]] = []
        # Imports are numbered up front: a function may use a module-level import that stands below it.
        self._numbers: dict[int, int] = {}
        self._ways: dict[int, _Ways] = {}

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
        ways = self._ways_of(root)
        if ways.imports:
            return tuple([self.number(alias) for alias in ways.imports]), tuple(rest)
        if depth and ways.bound_once and ways.aliases:
            found, chain = self.chain(ways.aliases[0], depth - 1)
            return found, chain + tuple(rest)
        return (), ()

    @property
    def in_class(self) -> bool:
        """Whether the code at hand stands directly in a class."""
        return self._is_class[-1]

    def absolute(self, name: str | None) -> str | None:
        """The dotted name with its root replaced by what the root was imported as; for names of other packages."""
        return None if name is None else next(self._absolute(name, several=False), None)

    def all_absolute(self, name: str) -> Iterator[str]:
        """Every such name, where names are bound more than once."""
        return self._absolute(name, several=True)

    def _absolute(self, name: str, *, several: bool) -> Iterator[str]:
        pending, seen = [(name, _ALIASES)], {name}
        while pending:
            name, depth = pending.pop()
            root, _, rest = name.partition(".")
            suffix = f".{rest}" if rest else ""
            ways = self._ways_of(root)
            yield from (f"{start}{suffix}" for start in ways.absolute)
            if depth and (several or ways.bound_once):
                further = [f"{target}{suffix}" for target in ways.aliases]
                further = [target for target in further if target not in seen][: _MOST_NAMES - len(seen)]
                seen.update(further)
                pending += [(target, depth - 1) for target in reversed(further)]

    def _ways_of(self, root: str) -> _Ways:
        bounds = self.lookup(root)
        if len(bounds) < _MANY:
            return _read_ways(root, bounds)
        known = self._ways.get(id(bounds))
        # The list is kept with the answer: another one may get its place in memory once its scope is left.
        if known is None or known.bounds is not bounds:
            known = self._ways[id(bounds)] = _read_ways(root, bounds)
        return known


class _Ways(msgspec.Struct, frozen=True):
    """How a name leads to others."""

    bounds: list[Bound]
    imports: tuple[object, ...]
    """The aliases of the imports that bind it."""
    absolute: tuple[str, ...]
    """What it was imported as, or its own name when it is nobody's but Python's."""
    aliases: tuple[str, ...]
    """The dotted names it is bound to."""
    bound_once: bool


def _read_ways(root: str, bounds: list[Bound]) -> _Ways:
    absolute: dict[str, None] = {}
    aliases: dict[str, None] = {}
    for how in bounds:
        if how.kind == "import" and isinstance(how.node, ir.Alias):
            if not isinstance(how.statement, ir.ImportFrom):
                absolute[how.node.name if how.node.asname else root] = None
            elif how.statement.level == 0:
                absolute[f"{how.statement.module}.{how.node.name}"] = None
        elif how.kind == "assign":
            target = ir.dotted(how.value)
            if target is not None and target.split(".")[0] != root:
                aliases[target] = None
        elif how is _BUILTIN:
            absolute[root] = None
    imports = tuple([how.node for how in bounds if how.kind == "import"])
    return _Ways(bounds, imports, tuple(absolute), tuple(aliases), len(bounds) == 1)
