"""Equivalents: transformations of the whole code base that mean nothing, and must therefore not be noticed.

They are applied to all files at once, those that go together in one go, and decided in one go. When a verdict changes, halving
finds the files it takes, and the transformation it takes is found among them. The code is written anew by Python's own unparser,
so a transformation is compared with the same file written the same way.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping

from archwright.contracts.language import Contract, SymbolPattern, mentions
from archwright.prove.bench import Bench
from archwright.prove.counterexample import Equivalent
from archwright.prove.refactoring import (
    add_docstrings,
    concatenate_texts,
    else_after_leaving,
    quote_annotations,
    reorder_functions,
)
from archwright.prove.rewriting import (
    alias_imports,
    comment_everywhere,
    extract_bodies,
    rename_locals,
    reorder_imports,
    split_expressions,
    written_anew,
)

TOGETHER: tuple[tuple[str, ...], ...] = (
    (
        "reformatted",
        "comments added",
        "locals renamed",
        "expressions split",
        "imports reordered",
        "imports under other names",
        "docstrings added",
        "annotations quoted",
        "functions reordered",
        "else after leaving",
        "texts concatenated",
    ),
    ("bodies moved into helpers",),
)
"""The transformations by name; those of one row are applied together."""
_OF_ANY_MODULE: Mapping[str, Callable[[ast.Module], ast.Module]] = {
    "locals renamed": rename_locals,
    "expressions split": split_expressions,
    "imports reordered": reorder_imports,
    "docstrings added": add_docstrings,
    "annotations quoted": quote_annotations,
    "functions reordered": reorder_functions,
    "else after leaving": else_after_leaving,
    "texts concatenated": concatenate_texts,
}
_ATTRIBUTE = re.compile(r"\.\s*(\w+)")
NAMES = tuple(name for row in TOGETHER for name in row)


class Transformations:
    """Makes equivalents of the code as it stands."""

    def __init__(self, bench: Bench, contracts: Iterable[Contract]) -> None:
        """*contracts* tell which functions are spoken of by name and have to stay what they are."""
        self._bench = bench
        self._named = _Named(contracts)
        self._imported = _imported_names(bench)
        self._modules = {bench.project.file(m).path: m for m in bench.modules}

    def equivalent(self, names: Iterable[str], paths: Iterable[str] | None = None) -> Equivalent:
        """The files at *paths*, by default all, after the transformations called *names*; what cannot be changed stays."""
        chosen = tuple(names)
        changes: dict[str, str | None] = {}
        for path in self._modules if paths is None else paths:
            text = self._bench.text(self._modules[path]).text
            changed = self._transformed(chosen, self._modules[path], text)
            if changed is not None and changed != text:
                changes[path] = changed
        return Equivalent(" and ".join(chosen), changes)

    def _transformed(self, names: tuple[str, ...], module: str, text: str) -> str | None:
        changes = [change for name in names if (change := self._tree_change(name, module)) is not None]
        written = written_anew(text, *changes)
        return comment_everywhere(written) if written is not None and "comments added" in names else written

    def _tree_change(self, name: str, module: str) -> Callable[[ast.Module], ast.Module] | None:
        """What a transformation does to a syntax tree; None for those of the text alone."""
        if name in _OF_ANY_MODULE:
            return _OF_ANY_MODULE[name]
        if name == "imports under other names":
            kept = self._imported.get(module, frozenset())
            return lambda tree: alias_imports(tree, kept)
        if name == "bodies moved into helpers":
            return lambda tree: extract_bodies(
                tree, lambda function: self._named.means(f"{module}.{function}")
            )
        return None


class _Named:
    """Functions that contracts speak of by name: what such a function does itself may be the point."""

    def __init__(self, contracts: Iterable[Contract]) -> None:
        values = [mention.value for contract in contracts for mention in mentions(contract)]
        self._patterns = [value for value in values if isinstance(value, SymbolPattern)]
        self._names = {str(value) for value in values}

    def means(self, name: str) -> bool:
        """Whether some contract means the function called *name*."""
        return name in self._names or any(pattern.match(name) is not None for pattern in self._patterns)


def _imported_names(bench: Bench) -> dict[str, frozenset[str]]:
    """The names other modules may take from each module, by ``from`` imports or as attributes; not to be renamed."""
    found: dict[str, set[str]] = {}
    for source in bench.project.modules:
        names = {fact.name for fact in bench.project.summary(source).imports}
        written = bench.workspace.read(bench.project.file(source).path).decode("utf-8", "replace")
        names.update(_ATTRIBUTE.findall(written))
        for edge in bench.analysis.imports(source):
            # What a module of this code base passes on may come from elsewhere.
            for module in {edge.target, edge.origin, edge.symbol.rpartition(".")[0], *edge.via}:
                if bench.project.has(module):
                    found.setdefault(module, set()).update(names, {edge.symbol.rpartition(".")[2]})
    return {module: frozenset(names) for module, names in found.items()}
