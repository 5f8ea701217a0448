"""Patterns mean what a naive matcher says they mean, in linear time."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archwright.contracts.patterns import (
    PackagePattern,
    PathPattern,
    Pattern,
    PatternError,
    SymbolPattern,
)

SEGMENTS = st.sampled_from(["a", "b", "ab", "*", "**", "a*", "*b", "a*b", "*a*", "*a*b*", "{x}", "{y}"])
NAMES = st.lists(st.sampled_from(["a", "b", "ab", "ba", "aab", "abab"]), min_size=1, max_size=7).map(".".join)
PATTERNS = st.lists(SEGMENTS, min_size=1, max_size=6).map(".".join)


def glob(pattern: str, text: str) -> bool:
    """Whether the one-segment *pattern* matches *text*, by trying everything."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(glob(pattern[1:], text[i:]) for i in range(len(text) + 1))
    return bool(text) and pattern[0] == text[0] and glob(pattern[1:], text[1:])


def every_match(pattern: list[str], name: list[str], bound: dict[str, str]) -> Iterator[dict[str, str]]:
    """All captures with which *pattern* matches *name*, by trying everything."""
    if not pattern:
        if not name:
            yield bound
        return
    first, rest = pattern[0], pattern[1:]
    if first == "**":
        for taken in range(len(name) + 1):
            yield from every_match(rest, name[taken:], bound)
    elif name and first.startswith("{"):
        if bound.get(first[1:-1], name[0]) == name[0]:
            yield from every_match(rest, name[1:], {**bound, first[1:-1]: name[0]})
    elif name and glob(first, name[0]):
        yield from every_match(rest, name[1:], bound)


def build(kind: type[Pattern], text: str) -> Pattern | PatternError:
    try:
        return kind(text)
    except PatternError as error:
        return error


@given(PATTERNS, NAMES)
def test_a_pattern_matches_exactly_what_the_naive_matcher_matches(text: str, name: str) -> None:
    pattern = build(Pattern, text)
    if isinstance(pattern, PatternError):
        assert "is used again" in str(pattern)  # the only thing wrong such a pattern can be
        return
    expected = list(every_match(text.split("."), name.split("."), {}))
    actual = pattern.match(name)
    if actual is None:
        assert expected == []
    else:
        assert actual in expected
        assert actual == expected[0]  # every ** takes as little as it can


@given(PATTERNS, NAMES)
def test_every_match_is_at_or_below_the_literal_head(text: str, name: str) -> None:
    pattern = build(Pattern, text)
    if isinstance(pattern, Pattern) and pattern.match(name) is not None:
        assert pattern.head == "" or name == pattern.head or name.startswith(pattern.head + ".")


@given(st.text(alphabet="ab.*{}x- ", max_size=12))
def test_any_text_is_a_pattern_or_an_error_at_a_place_in_it(text: str) -> None:
    for kind in (Pattern, SymbolPattern, PackagePattern, PathPattern):
        pattern = build(kind, text)
        if isinstance(pattern, PatternError):
            assert 0 <= pattern.offset <= len(text)
            assert pattern.hint


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("*a*a*a*a*a*a*b", "a" * 50_000),
        ("**.a.**.a.**.a.**.a.**.b", "a" + ".a" * 25_000),
        ("**.*a*a*a*b*.**.b", "aaaaaaaa" + ".aaaaaaaa" * 5_000),
    ],
)
def test_no_pattern_is_slow(text: str, name: str) -> None:
    started = time.perf_counter()
    assert Pattern(text).match(name) is None
    assert time.perf_counter() - started < 1.0


@pytest.mark.parametrize(
    ("text", "name", "captures"),
    [
        ("app.x.**", "app.x", {}),
        ("app.x.**", "app.x.y.z", {}),
        ("app.x.**", "app.xy", None),
        ("app.hoc.{a}.{d}.L5_*.**", "app.hoc.cus.analytics.L5_schemas.x", {"a": "cus", "d": "analytics"}),
        ("app.{d}.{d}", "app.x.x", {"d": "x"}),
        ("app.{d}.{d}", "app.x.y", None),
        ("*.x", "a.x", {}),
        ("*.x", "a.b.x", None),
    ],
)
def test_module_patterns(text: str, name: str, captures: dict[str, str] | None) -> None:
    assert Pattern(text).match(name) == captures


def test_a_leading_star_of_a_symbol_is_any_module_prefix_but_not_none() -> None:
    pattern = SymbolPattern("*.CanaryEngine.run")
    assert pattern.match("app.CanaryEngine.run") == {}
    assert pattern.match("app.hoc.x.CanaryEngine.run") == {}
    assert pattern.match("CanaryEngine.run") is None


def test_a_package_is_matched_with_all_it_contains_and_nothing_else() -> None:
    pattern = PackagePattern("sqlalchemy")
    assert pattern.match("sqlalchemy") == {}
    assert pattern.match("sqlalchemy.ext.asyncio") == {}
    assert pattern.match("sqlalchemy_utils") is None


def test_path_patterns_match_directories_and_what_is_in_them() -> None:
    pattern = PathPattern("src/**/legacy/**")
    assert pattern.match("src/legacy") == {}
    assert pattern.match("src/a/b/legacy/c.py") == {}
    assert pattern.match("src/a/legacy_code.py") is None
    assert PathPattern("**/*_pb2.py").match("src/app/x_pb2.py") == {}


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("", 0, "an empty pattern matches nothing"),
        ("app..x", 4, "empty segment"),
        (".app", 0, "empty segment"),
        ("app.", 4, "empty segment"),
        ("app.x**", 4, '"**" inside the segment'),
        ("app.{a b}", 4, "is not a capture"),
        ("app.x{a}", 4, "is not a capture"),
        ("app.x y", 5, 'character " "'),
        ("app.[ab]", 4, 'character "["'),
        ("**.{a}.**.{a}", 3, "is used again"),
    ],
)
def test_bad_patterns_say_where(text: str, offset: int, message: str) -> None:
    with pytest.raises(PatternError) as caught:
        Pattern(text)
    assert message in str(caught.value)
    assert caught.value.offset == offset


def test_patterns_are_equal_when_their_text_and_kind_are() -> None:
    assert Pattern("a.*") == Pattern("a.*")
    assert len({Pattern("a"), Pattern("a"), SymbolPattern("a"), PackagePattern("a")}) == 3
