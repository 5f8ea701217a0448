"""A code base as one value: its files, their facts and their units."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache

import msgspec

from archwright.contracts.language import Topologies, Unit
from archwright.facts import ir
from archwright.facts.store import FactStore, content_key
from archwright.facts.summary import Summary
from archwright.model import Location
from archwright.project.names import Names
from archwright.project.reads import Reads

_KEPT_MODULES = 256
_WORDS_LOOKED_FOR = 64
"""How many words are looked for in each module; for more an index pays."""


class ProjectFile(msgspec.Struct, frozen=True):
    """One Python file of the code base."""

    path: str
    module: str
    is_package: bool
    key: bytes


class Project:
    """The facts of all files joined. Answers are computed on demand and kept; nothing here reads a file."""

    def __init__(
        self,
        files: Iterable[ProjectFile],
        topologies: Topologies,
        store: FactStore,
        reads: Reads | None = None,
    ) -> None:
        """*reads* keeps what is found out about the project; by default just that."""
        self.reads = reads or Reads()
        self.files: tuple[ProjectFile, ...] = tuple(sorted(files, key=lambda f: f.path))
        self.topologies = topologies
        self._store = store
        self._by_module: dict[str, ProjectFile] = {}
        for file in self.files:
            self._by_module.setdefault(file.module, file)
        self._mentions: dict[str, Mapping[str, None]] = {}
        self._module = lru_cache(maxsize=_KEPT_MODULES)(store.module)

    @property
    def modules(self) -> Sequence[str]:
        """Dotted names of all modules, sorted."""
        self.reads.note("modules")
        return self._sorted_modules

    @cached_property
    def names(self) -> Names:
        """Resolution of dotted names across files."""
        return self.names_kept_by(self.reads)

    def names_kept_by(self, reads: Reads) -> Names:
        """Resolution of names whose answers *reads* keeps."""
        packages = {f.module for f in self.files if f.is_package}
        return Names(dict(self.summaries()), packages, reads)

    def summaries(self) -> Iterator[tuple[str, Summary]]:
        """All modules with their summaries, sorted; for tables over all of them that note themselves what is read of them."""
        return ((m, self._store.summary(self._by_module[m].key)) for m in self._sorted_modules)

    def file(self, module: str) -> ProjectFile:
        """The file of *module*; KeyError when there is none."""
        return self._by_module[module]

    def has(self, module: str) -> bool:
        """Whether *module* is a file of this code base."""
        self.reads.note("exists", module)
        return module in self._by_module

    def summary(self, module: str) -> Summary:
        """The small tier of facts of *module*."""
        self.reads.note("summary", module)
        return self._store.summary(self._by_module[module].key)

    def code(self, module: str) -> ir.Module:
        """The code of *module*. Repeated calls return equal, usually identical, trees."""
        self.reads.note("code", module)
        return self._module(self._by_module[module].key)

    def expression(self, text: str) -> ir.Expr:
        """The IR of a Python expression given as text, e.g. a contract's condition; kept in the same store as files.

        Raises ValueError when it is not one expression.
        """
        source = f"({text}\n)\n".encode()
        key = content_key(source)
        self._store.load({key: source})
        body = self._store.module(key).body
        if len(body) != 1 or not isinstance(body[0], ir.ExprStmt):
            raise ValueError(f"not an expression: {text}")
        return body[0].value

    def unit(self, module: str) -> Unit | None:
        """The unit of *module*; None when it has none or more than one (the topology verifier reports that)."""
        units = self.topologies.classify(module)
        return units[0] if len(units) == 1 else None

    def at(self, module: str, span: ir.Span) -> Location:
        """The location of a span in *module*'s file."""
        line, column, end_line, end_column = span
        return Location(self._by_module[module].path, line, column, end_line, end_column)

    def mentioning(self, identifiers: Iterable[str]) -> list[str]:
        """The modules in whose source every one of *identifiers* occurs as a word; a prefilter for expensive questions."""
        by_word = [self._mentioning(word) for word in identifiers]
        if not by_word:
            return list(self.modules)
        return [m for m in by_word[0] if all(m in others for others in by_word[1:])]

    def _mentioning(self, word: str) -> Mapping[str, None]:
        """The modules that mention *word*, sorted; the first words are looked for, for many there is an index."""
        self.reads.note("word", word)
        known = self._mentions.get(word)
        if known is None and len(self._mentions) < _WORDS_LOOKED_FOR:
            found = dict.fromkeys(m for m, summary in self.summaries() if summary.mentions(word))
            known = self._mentions[word] = found
        if known is None:
            known = self._mentions[word] = dict.fromkeys(self._modules_of_words.get(word, ()))
        return known

    @cached_property
    def _modules_of_words(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for module, summary in self.summaries():
            for word in summary.identifiers.split():
                found.setdefault(word, []).append(module)
        return found

    @cached_property
    def _sorted_modules(self) -> tuple[str, ...]:
        return tuple(sorted(self._by_module))


def build_project(
    files: Iterable[tuple[str, str, bool]],
    read: Callable[[str], bytes],
    topologies: Topologies,
    store: FactStore,
) -> Project:
    """The project of *files* (path, module, is_package); *read* gives a path's bytes, and is called once per file."""
    contents: dict[bytes, bytes] = {}
    found: list[ProjectFile] = []
    for path, module, is_package in files:
        data = read(path)
        key = content_key(data)
        contents[key] = data
        found.append(ProjectFile(path, module, is_package, key))
    store.load(contents)
    return Project(found, topologies, store)
