"""A selector of many patterns means what each of them means."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archwright.contracts.patterns import PackagePattern, Pattern, SymbolPattern
from archwright.contracts.selectors import Selector, Subject

NAMES = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3).map(".".join)
WILD = st.sampled_from(["*.a", "a.*", "**.b", "a.**", "a*.c", "{x}.b", "*"])


@given(st.lists(NAMES | WILD, min_size=17, max_size=40), st.lists(NAMES, min_size=1, max_size=8))
def test_an_index_changes_nothing(texts: list[str], names: list[str]) -> None:
    symbols, modules, packages = (
        tuple(map(kind, texts if kind is not PackagePattern else [t for t in texts if t[0] not in "*{"]))
        for kind in (SymbolPattern, Pattern, PackagePattern)
    )
    for name in names:
        for selector, subject, patterns in (
            (Selector(call=symbols), Subject(call=name), symbols),
            (Selector(module=modules), Subject(module=name), modules),
            (Selector(package=packages), Subject(package=name), packages),
        ):
            if patterns:
                assert selector.matches(subject) == any(p.match(name) is not None for p in patterns)
