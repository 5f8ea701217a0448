"""Choosing some of many, the same ones every time, from all over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")


def spread(items: Iterable[T], count: int) -> list[T]:
    """At most *count* of *items*, evenly spaced, in their order."""
    every = list(items)
    if len(every) <= count:
        return every
    return [every[index * len(every) // count] for index in range(count)]


def spread_over(items: Sequence[T], count: int, group: Callable[[T], str]) -> list[T]:
    """At most *count* of *items*: from every group about as many, evenly spaced in each; group by group."""
    groups: dict[str, list[T]] = {}
    for item in items:
        groups.setdefault(group(item), []).append(item)
    shares = dict.fromkeys(groups, 0)
    left = min(count, len(items))
    while left:
        for name, members in groups.items():
            if left and shares[name] < len(members):
                shares[name] += 1
                left -= 1
    return [item for name, members in groups.items() for item in spread(members, shares[name])]
