"""What the names in a contract's condition mean, whichever names the modules import things under.

A condition is written without imports. A name in it is a parameter of the call that is guarded, a variable of the function that
makes the call, or else something of the project: what its words are the end of the full name of. Where several things have such
names, each is a meaning.
"""

from __future__ import annotations

import builtins
from collections.abc import Collection, Iterator

from archwright.facts import ir
from archwright.facts.walk import children
from archwright.project.analysis import Analysis
from archwright.project.code import Scope
from archwright.project.substitution import GLOBAL, SELF, map_parts

_BUILTINS = frozenset(dir(builtins))
_MOST = 4
"""Meanings of one condition that are looked at; what has more is undecided like what has several."""


class ConditionNames:
    """The meanings of conditions in one project."""

    def __init__(self, analysis: Analysis) -> None:
        self._project = analysis.project
        self._found: dict[str, tuple[str, ...]] = {}

    def meanings(self, condition: ir.Expr, scope: Scope, given: Collection[str]) -> list[ir.Expr]:
        """*condition* with the things of the project called by their full names, once for each meaning.

        *scope* makes the call that is guarded, *given* are the parameters of what it calls.
        """
        taken = {SELF, *given}
        choices: list[dict[str, str | None]] = [{}]
        for path in dict.fromkeys(_paths(condition)):
            root = path.partition(".")[0]
            if root in taken or _is_variable(root, scope):
                continue
            full = () if path in _BUILTINS else self._meant(path) or self._elsewhere(path, scope)
            own = self._own(path, scope)
            full = tuple(sorted(full, key=lambda name: name != own))
            choices = [{**choice, path: name} for choice in choices for name in full or (None,)][:_MOST]
        return [_renamed(condition, choice) for choice in choices]

    def _own(self, path: str, scope: Scope) -> str | None:
        """What *path* would mean in the module of the call."""
        found = self._project.names.resolve_in(scope.module, path)
        return None if found is None else found.qualified

    def _meant(self, path: str) -> tuple[str, ...]:
        """The full names of what the project has by the name *path*."""
        if path not in self._found:
            self._found[path] = tuple(sorted(self._find(path)))
        return self._found[path]

    def _find(self, path: str) -> set[str]:
        names = self._project.names
        exact = names.resolve(path)
        if exact.kind == "symbol":
            return {exact.qualified}
        parts = path.split(".")
        for split in range(len(parts) - 1, -1, -1):
            module, symbol = ".".join(parts[:split]), ".".join(parts[split:])
            found = {
                meant.qualified
                for candidate in self._modules(module, parts[split])
                if (meant := names.resolve(f"{candidate}:{symbol}")).kind == "symbol"
            }
            if found:
                return found
        return set()

    def _modules(self, ending: str, word: str) -> Iterator[str]:
        """The modules whose names end in *ending* and that mention *word*."""
        for module in self._project.mentioning([word]):
            if not ending or module == ending or module.endswith(f".{ending}"):
                yield module

    def _elsewhere(self, path: str, scope: Scope) -> tuple[str, ...]:
        """The full name of what is no part of the project and not bound where the call is made, either."""
        root, _, rest = path.partition(".")
        bound = self._project.names.resolve_in(scope.module, root) is not None
        return () if bound or not rest else (path,)


def _paths(condition: ir.Expr) -> Iterator[str]:
    """The dotted names that *condition* reads, the longest only."""
    path = ir.dotted(condition)
    if path is not None:
        yield path
        return
    for part in children(condition):
        yield from _paths(part)


def _renamed(expr: ir.Expr, names: dict[str, str | None]) -> ir.Expr:
    path = ir.dotted(expr)
    if path is not None:
        full = names.get(path)
        return expr if full is None else ir.Name(GLOBAL + full)
    changed: ir.Expr = map_parts(expr, lambda part: _renamed(part, names))
    return changed


def _is_variable(name: str, scope: Scope) -> bool:
    """Whether *name* is a variable where the call is made, not something that is imported there or lives in the module."""
    around: Scope | None = scope
    while around is not None and around.parent is not None:
        bindings = around.names.bound.get(name, ())
        if any(how.kind != "import" for how in bindings):
            return True
        around = around.parent
    return False
