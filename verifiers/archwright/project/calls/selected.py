"""What a selector of calls means: the words it can be written with, what is called by it, and the classes made by it.

Making an instance of a subclass makes an instance of the class: a selector that names the class means both.
"""

from __future__ import annotations

from archwright.contracts.language import Selector, Subject
from archwright.project.types.inference import Inference
from archwright.project.types.values import UNKNOWN, ClassValue, Values, called_names


class SelectedClasses:
    """The subclasses of what selectors name."""

    def __init__(self, inference: Inference) -> None:
        self._project = inference.project
        self._hierarchy = inference.classes

    def words_below(self, selector: Selector, words: frozenset[str]) -> frozenset[str]:
        """The names of the subclasses of classes that *selector* means; *words* are the last segments of its own patterns."""
        named = {name for name in _texts(selector) if "*" not in name and "{" not in name}
        for word in sorted(words):
            for module in self._project.mentioning([word]):
                name = f"{module}.{word}"
                if self._hierarchy.known(name) and _means_class(selector, name):
                    named.add(name)
        below = {one for name in named for one in self._hierarchy.descendants(name)}
        return frozenset(name.rpartition(".")[2] for name in below)

    def inherits(self, value: ClassValue, selector: Selector) -> bool:
        """Whether making an instance of *value* makes one of a class that *selector* means, or runs its ``__init__``."""
        if any(_excluded(selector, name) for name in called_names(frozenset({value}))):
            return False
        own_init = self._hierarchy.defines(value.qualified, "__init__")
        for base in self._hierarchy.lineage(value.qualified)[1:]:
            if selector.matches(Subject(call=base)):
                return True
            if not own_init and selector.matches(Subject(call=f"{base}.__init__")):
                return True
            own_init = own_init or self._hierarchy.defines(base, "__init__")
        return False


def matching(values: Values, selector: Selector) -> tuple[bool, bool]:
    """Whether calling one of *values* is what *selector* means: (all known ones are, at least one is)."""
    known = [v for v in values if v != UNKNOWN]
    hits = [any(selector.matches(Subject(call=name)) for name in called_names(frozenset({v}))) for v in known]
    return bool(hits) and all(hits), any(hits)


def last_words(selector: Selector) -> frozenset[str] | None:
    """The last segments the call patterns of *selector* can end in, for the prefilter; None when one ends in a wildcard."""
    words: set[str] = set()
    for pattern in selector.call:
        last = _last_segment(pattern.text)
        if "*" in last or "{" in last:
            return None
        words.add(last)
    for part in (*selector.any_of, *selector.all_of):
        below = last_words(part)
        if below is None:
            return None
        words |= below
    return frozenset(words)


def word_patterns(selector: Selector) -> frozenset[str]:
    """The words that what *selector* means can be called by; ``*`` in one stands for any characters."""
    last = {_last_segment(pattern.text) for pattern in selector.call}
    words = frozenset("*" if word == "**" or word.startswith("{") else word for word in last)
    return words.union(*(word_patterns(part) for part in (*selector.any_of, *selector.all_of)))


def _last_segment(pattern: str) -> str:
    """The last segment of a call pattern; of a constructor its class, by whose name it is called."""
    *before, last = pattern.split(".")
    return before[-1] if last == "__init__" and before else last


def _texts(selector: Selector) -> list[str]:
    """The call patterns of *selector*; of a constructor, its class."""
    found = [pattern.text.removesuffix(".__init__") for pattern in selector.call]
    for part in (*selector.any_of, *selector.all_of):
        found += _texts(part)
    return found


def _means_class(selector: Selector, name: str) -> bool:
    return selector.matches(Subject(call=name)) or selector.matches(Subject(call=f"{name}.__init__"))


def _excluded(selector: Selector, name: str) -> bool:
    """Whether *selector* says that the call of *name* is not meant."""
    return any(part.matches(Subject(call=name)) for part in selector.none_of) or any(
        _excluded(part, name) for part in selector.all_of
    )
