"""What answers were made from, so that those a change of code cannot touch are carried over to the changed code.

Whatever is found out about a project is kept in tables. While code is analysed as it stands, a ``Recorder`` writes down with
every kept answer which facts of which modules it was made from, those of the answers it was made of included. An analysis of
code in which a few files differ gets its tables from ``CarriedOver``: everything but the answers that were made from something
that differs. Where nothing is to be carried over, ``Reads`` hands out plain dictionaries and writes down nothing.

A source is a tuple: what was read, and of what – ``("code", module)``, ``("summary", module)``, ``("binding", module, name)``,
``("exists", dotted)``, ``("word", word)``, ``("class", qualified)``, ``("below", qualified)``, ``("fits", qualified)`` …
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

Source = tuple[str, ...]
Sources = frozenset[Source]
K = TypeVar("K")
V = TypeVar("V")

_NOTHING: Sources = frozenset()


class Reads:
    """Keeps answers, and nothing about them."""

    recording = False
    """Whether anybody is interested in what is noted."""

    def table(self, name: Hashable) -> dict[Any, Any]:
        """The table called *name*; None as a name is for tables that cannot be carried over."""
        return {}

    def store(self, name: Hashable) -> dict[Any, Any]:
        """The store called *name*: things by number that can only be come to by answers, so that nothing is noted of them."""
        return {}

    def note(self, *source: str) -> None:
        """Says that *source* is being read."""

    def aside(self, find: Callable[[], V]) -> V:
        """What *find* says; what it reads is not what is asked for, but only how it is found."""
        return find()

    def begin(self) -> None:
        """Begins to find an answer."""

    def end(self) -> Sources:
        """What has been read since the last ``begin``."""
        return _NOTHING

    def keep(self, table: dict[K, V], key: K, answer: V, sources: Sources) -> None:
        """Keeps an answer that was made from *sources*."""
        table[key] = answer

    def made(self, table: dict[K, V], key: K, find: Callable[[], V]) -> V:
        """What *find* says, kept in *table*."""
        found = table[key] = find()
        return found


class Recorder(Reads):
    """Keeps answers with what they were made from."""

    recording = True

    def __init__(self) -> None:
        self._frames: list[set[Source]] = []
        self._merged: list[set[int]] = []
        self._shared: dict[Sources, Sources] = {}
        self.tables: dict[Hashable, RecordedTable] = {}
        self.stores: dict[Hashable, dict[Any, Any]] = {}

    def table(self, name: Hashable) -> dict[Any, Any]:
        """A table that notes what an answer was made from whenever it gives one."""
        made = RecordedTable(self)
        if name is not None:
            if name in self.tables:
                raise ValueError(f"two tables are called {name}")
            self.tables[name] = made
        return made

    def store(self, name: Hashable) -> dict[Any, Any]:
        """The store called *name*."""
        return self.stores.setdefault(name, {})

    def note(self, *source: str) -> None:
        """Says that *source* is being read."""
        if self._frames:
            self._frames[-1].add(source)

    def note_all(self, sources: Sources) -> None:
        """Says that everything in *sources* is being read."""
        if self._frames and id(sources) not in self._merged[-1]:
            self._merged[-1].add(id(sources))
            self._frames[-1].update(sources)

    def aside(self, find: Callable[[], V]) -> V:
        """What *find* says, without what it reads being written down."""
        self.begin()
        try:
            return find()
        finally:
            self._frames.pop()
            self._merged.pop()

    def begin(self) -> None:
        """Begins to find an answer."""
        self._frames.append(set())
        self._merged.append(set())

    def end(self) -> Sources:
        """What has been read since the last ``begin``; whoever began before has read it, too."""
        read = frozenset(self._frames.pop())
        self._merged.pop()
        sources = self._shared.setdefault(read, read)
        self.note_all(sources)
        return sources

    def keep(self, table: dict[K, V], key: K, answer: V, sources: Sources) -> None:
        """Keeps an answer that was made from *sources*."""
        table[key] = answer
        if isinstance(table, RecordedTable):
            table.sources[key] = sources

    def made(self, table: dict[K, V], key: K, find: Callable[[], V]) -> V:
        """What *find* says, kept in *table* with what it was made from."""
        self.begin()
        try:
            found = find()
        finally:
            sources = self.end()
        self.keep(table, key, found, sources)
        return found


class RecordedTable(dict[Any, Any]):
    """Answers with what they were made from; giving one reads all of that."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self._recorder = recorder
        self._by_source: dict[Source, list[Any]] = {}
        self._indexed = -1
        self.sources: dict[Any, Sources] = {}

    def get(self, key: Any, default: Any = None) -> Any:
        """The answer to *key*."""
        found = super().get(key, default)
        sources = self.sources.get(key)
        if sources:
            self._recorder.note_all(sources)
        return found

    def __getitem__(self, key: Any) -> Any:
        found = super().__getitem__(key)
        sources = self.sources.get(key)
        if sources:
            self._recorder.note_all(sources)
        return found

    def clear(self) -> None:
        """Forgets everything."""
        super().clear()
        self.sources.clear()

    def without(self, changed: frozenset[Source]) -> dict[Any, Any]:
        """A plain copy without the answers that were made from anything in *changed*, and without those of unknown origin."""
        if self._indexed != len(self.sources):
            self._index()
        kept = dict(self)
        for source in self._by_source.keys() & changed:
            for key in self._by_source[source]:
                kept.pop(key, None)
        for key in self.keys() - self.sources.keys():
            kept.pop(key, None)
        return kept

    def _index(self) -> None:
        by_source: dict[Source, list[Any]] = {}
        for key, sources in self.sources.items():
            for source in sources:
                by_source.setdefault(source, []).append(key)
        self._by_source, self._indexed = by_source, len(self.sources)


class CarriedOver(Reads):
    """Tables filled with what a change leaves as it was."""

    def __init__(self, recorder: Recorder, changed: frozenset[Source]) -> None:
        self._tables: Mapping[Hashable, RecordedTable] = recorder.tables
        self._stores: Mapping[Hashable, dict[Any, Any]] = recorder.stores
        self._changed = changed

    def also(self, changed: frozenset[Source]) -> None:
        """More that has changed, found out with the tables handed out so far."""
        self._changed |= changed

    def table(self, name: Hashable) -> dict[Any, Any]:
        """The table called *name*, without the answers that do not hold any more."""
        recorded = self._tables.get(name)
        return recorded.without(self._changed) if recorded is not None else {}

    def store(self, name: Hashable) -> dict[Any, Any]:
        """The store called *name*, with all that is in it."""
        return dict(self._stores.get(name, {}))
