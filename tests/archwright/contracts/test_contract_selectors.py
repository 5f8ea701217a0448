"""Selectors are a Boolean algebra over subjects."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archwright.contracts.language import (
    EdgeSelector,
    LayerId,
    Name,
    PackagePattern,
    Pattern,
    Selector,
    Subject,
    SymbolPattern,
    Unit,
)

LAYERS = ["L2", "L5", "L6"]
DOMAINS = ["analytics", "incidents"]
MODULES = ["app", "app.x", "app.x.y", "lib.x"]
SYMBOLS = ["app.x.f", "app.x.C.f", "sqlalchemy.orm.Session"]


def optional(values: list[str]) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(values)


UNITS = st.builds(
    Unit,
    st.sampled_from(LAYERS),
    st.dictionaries(st.sampled_from(["domain", "audience"]), st.sampled_from(DOMAINS)),
)
SUBJECTS = st.builds(
    Subject,
    module=optional(MODULES),
    unit=st.none() | UNITS,
    package=optional(["sqlalchemy", "sqlalchemy.orm", "os"]),
    symbol=optional(SYMBOLS),
    function=optional(SYMBOLS),
    class_=optional(SYMBOLS),
    call=optional(SYMBOLS),
    table=optional(["runs", "reports"]),
    operation=optional(["analytics.canary"]),
    decorators=st.lists(st.sampled_from(SYMBOLS), max_size=2).map(tuple),
    bases=st.lists(st.sampled_from(SYMBOLS), max_size=2).map(tuple),
)


def some(values: list[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True).map(tuple)


SYMBOL_PATTERNS = some([SymbolPattern(p) for p in ("*.f", "app.**", "*.Session", "app.x.f")])
VALUES = {
    "layer": some([LayerId(name) for name in LAYERS]),
    "domain": some([Name(name) for name in (*DOMAINS, "same", "other")]),
    "audience": some([Name(name) for name in DOMAINS]),
    "module": some([Pattern(p) for p in ("app.**", "app.*", "{a}.x")]),
    "package": some([PackagePattern("sqlalchemy"), PackagePattern("os")]),
    "table": some([Pattern("r*"), Pattern("runs")]),
    "operation": some([Pattern("analytics.*")]),
    **dict.fromkeys(
        ("symbol", "function", "class_", "call", "decorated_with", "subclass_of"), SYMBOL_PATTERNS
    ),
}
SIMPLE = st.sampled_from(sorted(VALUES)).flatmap(
    lambda key: VALUES[key].map(lambda values: EdgeSelector(**{key: values}))
)
SELECTORS = st.recursive(
    SIMPLE,
    lambda inner: st.sampled_from(["any_of", "all_of", "none_of"]).flatmap(
        lambda key: st.lists(inner, min_size=1, max_size=3).map(lambda s: EdgeSelector(**{key: tuple(s)}))
    ),
    max_leaves=6,
)


@given(SELECTORS, SELECTORS, SUBJECTS, SUBJECTS)
def test_de_morgan(a: EdgeSelector, b: EdgeSelector, subject: Subject, other: Subject) -> None:
    def says(selector: EdgeSelector) -> bool:
        return selector.matches(subject, other)

    not_a, not_b = EdgeSelector(none_of=(a,)), EdgeSelector(none_of=(b,))
    assert says(not_a) is not says(a)
    assert says(EdgeSelector(none_of=(EdgeSelector(any_of=(a, b)),))) == says(
        EdgeSelector(all_of=(not_a, not_b))
    )
    assert says(EdgeSelector(none_of=(EdgeSelector(all_of=(a, b)),))) == says(
        EdgeSelector(any_of=(not_a, not_b))
    )
    assert says(EdgeSelector(none_of=(a, b))) == (not says(a) and not says(b))
    assert says(EdgeSelector(any_of=(a, b))) == (says(a) or says(b))
    assert says(EdgeSelector(all_of=(a, b))) == (says(a) and says(b))


@given(st.data(), SUBJECTS, SUBJECTS)
def test_several_keys_must_all_match_and_of_several_values_one(
    data: st.DataObject, subject: Subject, other: Subject
) -> None:
    keys = data.draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=3, unique=True))
    given_values = {key: data.draw(VALUES[key]) for key in keys}
    expected = all(
        any(EdgeSelector(**{key: (value,)}).matches(subject, other) for value in values)
        for key, values in given_values.items()
    )
    assert EdgeSelector(**given_values).matches(subject, other) is expected


@given(SELECTORS, SUBJECTS)
def test_only_a_relational_selector_needs_the_other_end(selector: EdgeSelector, subject: Subject) -> None:
    try:
        alone = selector.matches(subject)
    except ValueError:
        assert selector.relational
    else:
        if not selector.relational:
            assert alone == selector.matches(subject, Subject(module="app"))


@pytest.mark.parametrize(
    ("relation", "own", "theirs", "expected"),
    [
        ("same", "a", "a", True),
        ("same", "a", "b", False),
        ("other", "a", "b", True),
        ("other", "a", "a", False),
        ("same", None, None, False),
        ("other", None, "a", False),
        ("other", "a", None, False),
    ],
)
def test_domains_are_compared_where_both_ends_have_one(
    relation: str, own: str | None, theirs: str | None, expected: bool
) -> None:
    def subject(domain: str | None) -> Subject:
        return Subject(unit=Unit("L5", {"domain": domain} if domain else {}))

    selector = EdgeSelector(domain=(Name(relation),))
    assert selector.matches(subject(own), subject(theirs)) is expected


def test_a_key_matches_only_its_own_kind_of_name() -> None:
    selector = Selector(function=(SymbolPattern("*.f"),))
    assert selector.matches(Subject(function="app.f"))
    assert not selector.matches(Subject(class_="app.f", symbol="app.f", call="app.f"))
