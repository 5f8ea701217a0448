"""Lists in headers: groups, braces, notes, and what a name stands for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archwright.project.headers import items, named

WORDS = frozenset({"L5", "L6", "spine"})


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("none", []),
        ("", []),
        ("L5", [("L5", "")]),
        ("L5, L6", [("L5", ""), ("L6", "")]),
        ("L5 orders, customers", [("L5", "orders"), ("L5", "customers")]),
        (
            "L5 orders, spine {a, b}_handler, c",
            [("L5", "orders"), ("spine", "a_handler"), ("spine", "b_handler"), ("spine", "c")],
        ),
        ("L5 orders, app.main, other", [("L5", "orders"), ("", "app.main"), ("", "other")]),
        ("L6 x_{a,b}.{c,d}", [("L6", "x_a.c"), ("L6", "x_a.d"), ("L6", "x_b.c"), ("L6", "x_b.d")]),
        ("sqlalchemy (only types), yaml; json", [("", "sqlalchemy"), ("", "yaml"), ("", "json")]),
        ("app.models.*", [("", "app.models.*")]),
    ],
)
def test_items_of_a_list(value: str, found: list[tuple[str, str]]) -> None:
    assert [(item.group, item.name) for item in items(value, WORDS)] == found


def test_what_is_said_of_run_time_only() -> None:
    assert [(i.name, i.runtime) for i in items("a at runtime, b (runtime), c", WORDS)] == [
        ("a", True),
        ("b", True),
        ("c", False),
    ]


@pytest.mark.parametrize(
    ("name", "module", "fits"),
    [
        ("orders", "app.cus.orders", True),
        ("orders", "app.cus.orders.rows", True),
        ("orders", "app.cus.reorders", False),
        ("cus.orders", "app.cus.orders", True),
        ("us.orders", "app.cus.orders", False),
        ("app.cus.*", "app.cus.orders", True),
        ("app.cus.*", "app.cus.orders.rows", False),
        ("app.**", "app.cus.orders.rows", True),
        ("orders_*", "app.cus.orders_rows", True),
        ("orders", "app.cus.orders_rows", False),
    ],
)
def test_what_a_name_stands_for(name: str, module: str, fits: bool) -> None:
    assert named(name, module) is fits


@given(st.text(alphabet="ab{},; ()#:*.-\t", max_size=60))
def test_any_text_is_a_list_of_something(value: str) -> None:
    for item in items(value, WORDS):
        assert item.text
        assert isinstance(named(item.name or "x", "app.a.b"), bool)


@given(st.lists(st.from_regex(r"[a-z]{3,8}", fullmatch=True), min_size=1, max_size=6))
def test_a_brace_is_what_it_stands_for(names: list[str]) -> None:
    written_out = ", ".join(f"L5 {name}_engine" for name in names)
    short = f"L5 {{{', '.join(names)}}}_engine"
    assert items(short, WORDS) == items(written_out, WORDS)
