"""The names a function can be written with: those that imports, assignments and attributes give it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from archwright.facts import ir
from archwright.project.calls.places import is_partial, last_word
from archwright.project.code import Scope, own_nodes
from archwright.project.types.inference import Inference


class Given(NamedTuple):
    """A name that something gets in one module."""

    name: str
    travels: bool
    """Whether other modules can use it; a variable of a function stays in its module."""


class Written(NamedTuple):
    """How something can be written."""

    everywhere: frozenset[str]
    inside: Mapping[str, frozenset[str]]
    """By module: the names it has besides, there."""

    def names_in(self, module: str) -> frozenset[str]:
        """The names it can have in *module*."""
        return self.everywhere | self.inside.get(module, frozenset())


class OtherNames:
    """Follows names from module to module; the modules to look into are chosen by the words they contain."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._project = inference.project
        self._reads = inference.project.reads
        self._given: dict[str, dict[str, tuple[Given, ...]]] = self._reads.table("given names")

    def of(self, words: Iterable[str]) -> Written:
        """The names of what is called one of *words*."""
        everywhere = set(words)
        inside: dict[str, set[str]] = {}
        pending: list[tuple[str, str]] = [("", word) for word in sorted(everywhere)]
        while pending:
            home, word = pending.pop()
            for module in (home,) if home else self._project.mentioning([word]):
                for given in self._given_in(module).get(word, ()):
                    if given.name in everywhere:
                        continue
                    if given.travels:
                        everywhere.add(given.name)
                        pending.append(("", given.name))
                    elif given.name not in inside.setdefault(module, set()):
                        inside[module].add(given.name)
                        pending.append((module, given.name))
        return Written(frozenset(everywhere), {m: frozenset(names) for m, names in inside.items()})

    def _given_in(self, module: str) -> dict[str, tuple[Given, ...]]:
        """By name of a value: the other names that *module* gives it."""
        known = self._given.get(module)
        if known is None:
            known = self._reads.made(self._given, module, lambda: self._read_given(module))
        return known

    def _read_given(self, module: str) -> dict[str, tuple[Given, ...]]:
        found: dict[str, dict[Given, None]] = {}
        for fact in self._project.summary(module).imports:
            if fact.bound and fact.name and fact.bound != fact.name:
                found.setdefault(fact.name, {})[Given(fact.bound, fact.mode != "local")] = None
        for scope in self._inference.index(module).executed():
            for meant, given in _renamings(scope):
                found.setdefault(meant, {})[given] = None
        return {meant: tuple(given) for meant, given in found.items()}


def _renamings(scope: Scope) -> Iterator[tuple[str, Given]]:
    """The assignments of *scope* that give a value another name: (a name of the value, the new one)."""
    for node in own_nodes(scope.body):
        if isinstance(node, ir.Assign | ir.AnnAssign) and node.value is not None:
            meant = list(_stands_for(node.value))
            for target in node.targets if isinstance(node, ir.Assign) else (node.target,) if meant else ():
                name = last_word(target)
                if name is None:
                    continue
                given = Given(name, not _is_local(target, scope))
                yield from ((one, given) for one in meant if one != name)


def _is_local(target: ir.Expr, scope: Scope) -> bool:
    return isinstance(target, ir.Name) and scope.kind == "function" and target.id not in scope.names.elsewhere


def _stands_for(expr: Any) -> Iterator[str]:
    """The last words of what an assigned expression may be another name for."""
    if isinstance(expr, ir.IfExp):
        yield from _stands_for(expr.body)
        yield from _stands_for(expr.orelse)
    elif isinstance(expr, ir.BoolOp):
        yield from _stands_for(expr.left)
        yield from _stands_for(expr.right)
    elif isinstance(expr, ir.Call):
        if is_partial(expr):
            yield from _stands_for(expr.args[0].value)
        elif isinstance(expr.func, ir.Name) and expr.func.id == "getattr" and len(expr.args) > 1:
            name = expr.args[1].value
            if isinstance(name, ir.Str):
                yield name.value
    else:
        word = last_word(expr)
        if word is not None:
            yield word
