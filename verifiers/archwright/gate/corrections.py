"""Remedies for patterns that match nothing."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator

from archwright.contracts.language import Pattern, PatternError

_SHOWN = 8
_CLOSE = 0.6


def remedy(pattern: Pattern, names: Collection[str]) -> str:
    """The closest pattern that matches one of *names*, or else what there is where *pattern* leads nowhere."""
    best = min(_corrections(pattern, names), default=None)
    if best is not None:
        return f'did you mean "{best[1]}"?'
    place, below = _last_known(pattern, names)
    if not below:
        return 'say "expect: any" if there may be none'
    shown = ", ".join(sorted(below)[:_SHOWN]) + (", ..." if len(below) > _SHOWN else "")
    where = f'below "{place}" there are' if place else "there are"
    return f'{where}: {shown}; say "expect: any" if there may be none'


def closest(name: str, names: Collection[str]) -> str | None:
    """The one of *names* most like the dotted *name*; None when none is much like it."""
    last = name.rpartition(".")[2]
    same_end = sorted(n for n in names if n.rpartition(".")[2] == last)
    found = difflib.get_close_matches(name, sorted(names), n=1, cutoff=_CLOSE)
    return found[0] if found else next(iter(same_end), None)


def _corrections(pattern: Pattern, names: Collection[str]) -> Iterator[tuple[float, str]]:
    """Patterns with one segment replaced by a similar one, or without one, that match; the more similar, the smaller."""
    segments = pattern.text.split(".")
    vocabulary = sorted({part for name in names for part in name.split(".")})
    for position, segment in enumerate(segments):
        if "*" in segment or segment.startswith("{"):
            continue
        for word in difflib.get_close_matches(segment, vocabulary, n=3, cutoff=_CLOSE):
            changed = [*segments[:position], word, *segments[position + 1 :]]
            if word != segment and (text := _matching(pattern, changed, names)):
                yield 1 - difflib.SequenceMatcher(None, segment, word).ratio(), text
        specific_after = any("*" not in s and not s.startswith("{") for s in segments[position + 1 :])
        fewer = [*segments[:position], *segments[position + 1 :]]
        if specific_after and (text := _matching(pattern, fewer, names)):
            yield 1.0, text


def _matching(pattern: Pattern, segments: list[str], names: Collection[str]) -> str:
    text = ".".join(segments)
    try:
        changed = type(pattern)(text)
    except PatternError:
        return ""
    return text if any(changed.match(name) is not None for name in names) else ""


def _last_known(pattern: Pattern, names: Collection[str]) -> tuple[str, set[str]]:
    """The longest beginning of *pattern* that exists, and the next segments of the names below it."""
    place = ""
    for segment in pattern.head.split(".") if pattern.head else []:
        step = f"{place}.{segment}" if place else segment
        if not any(name == step or name.startswith(f"{step}.") for name in names):
            break
        place = step
    prefix = f"{place}." if place else ""
    below = {name[len(prefix) :].partition(".")[0] for name in names if name.startswith(prefix)}
    return place, below
