"""Equivalents: transformations of the whole code base that mean nothing, and must therefore not be noticed.

Each is applied to all files at once and decided in one go; when a verdict changes, halving finds the files it takes. The code is
written anew by Python's own unparser, so a transformation is compared with the same file written the same way.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import msgspec

from archwright.contracts.language import Contract, SymbolPattern, mentions
from archwright.prove.bench import Bench
from archwright.prove.counterexample import Changes, Equivalent
from archwright.prove.rewriting import (
    alias_imports,
    comment_everywhere,
    extract_bodies,
    rename_locals,
    reorder_imports,
    split_expressions,
    written_anew,
)


class Transformed(msgspec.Struct, frozen=True):
    """An equivalent, and the same files without it."""

    equivalent: Equivalent
    originals: Changes


def transform(bench: Bench, contracts: Iterable[Contract]) -> Iterator[Transformed]:
    """All equivalents of the code as it stands. *contracts* tell which names are spoken of and have to stay."""
    actual = {m: bench.text(m).text for m in bench.modules}
    plain = {m: written for m, text in actual.items() if (written := written_anew(text)) is not None}
    yield _transformed(bench, "reformatted", plain, actual)
    yield _transformed(bench, "comments added", _each(comment_everywhere, plain), plain)
    named = _Named(contracts)
    imported = _imported_names(bench)
    tree_changes: dict[str, Callable[[str, ast.Module], ast.Module]] = {
        "locals renamed": lambda module, tree: rename_locals(tree),
        "expressions split": lambda module, tree: split_expressions(tree),
        "imports reordered": lambda module, tree: reorder_imports(tree),
        "imports under other names": lambda module, tree: alias_imports(
            tree, imported.get(module, frozenset())
        ),
        "bodies moved into helpers": lambda module, tree: extract_bodies(
            tree, lambda name: named.functions(f"{module}.{name}")
        ),
    }
    for name, change in tree_changes.items():
        changed = {m: written_anew(text, partial(change, m)) for m, text in actual.items()}
        yield _transformed(bench, name, {m: t for m, t in changed.items() if t is not None}, plain)


def _each(change: Callable[[str], str], texts: dict[str, str]) -> dict[str, str]:
    return {module: change(text) for module, text in texts.items()}


def _transformed(bench: Bench, name: str, after: dict[str, str], before: dict[str, str]) -> Transformed:
    paths = {m: bench.project.file(m).path for m in after}
    changed = [m for m in after if after[m] != before.get(m)]
    return Transformed(
        Equivalent(name, {paths[m]: after[m] for m in changed}), {paths[m]: before[m] for m in changed}
    )


class _Named:
    """Functions that contracts speak of by name: what such a function does itself may be the point."""

    def __init__(self, contracts: Iterable[Contract]) -> None:
        self._patterns = [
            mention.value
            for contract in contracts
            for mention in mentions(contract)
            if isinstance(mention.value, SymbolPattern)
        ]
        self._names = {str(mention.value) for contract in contracts for mention in mentions(contract)}

    def functions(self, name: str) -> bool:
        """Whether some contract means the function called *name*."""
        return name in self._names or any(pattern.match(name) is not None for pattern in self._patterns)


def _imported_names(bench: Bench) -> dict[str, frozenset[str]]:
    """The names other modules take from each module, by ``from`` imports or as attributes; not to be renamed."""
    found: dict[str, set[str]] = {}
    for source in bench.project.modules:
        for edge in bench.analysis.imports(source):
            head, _, last = edge.symbol.rpartition(".")
            if not edge.external:
                for module in (edge.target, *edge.via, edge.origin, head):
                    found.setdefault(module, set()).add(last)
        for fact in bench.project.summary(source).imports:
            for module in (edge.target for edge in bench.analysis.imports(source)):
                found.setdefault(module, set()).add(fact.name)
    return {module: frozenset(names) for module, names in found.items()}
