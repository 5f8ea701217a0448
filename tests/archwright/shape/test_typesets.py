"""Annotations as sets of types, in every spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shape_projects import types_in

PRELUDE = """
from __future__ import annotations
import typing
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Annotated, Any, ClassVar, Literal, NewType, Optional, TypeVar, Union
from sqlalchemy import Select
from elsewhere import Thing as Renamed

class Order: ...

Orders = list[Order]
Either = Union["Orders", None]
Id = NewType("Id", Order)
Bounded = TypeVar("Bounded", bound=Order)
"""
ORDER = "app.Order"


@pytest.mark.parametrize(
    ("annotation", "found"),
    [
        ("Order", {ORDER}),
        ("'Order'", {ORDER}),
        ("Optional[Order]", {ORDER}),
        ("Order | None", {ORDER}),
        ("'None | Order'", {ORDER}),
        ("Union[int, 'Order']", {ORDER, "builtins.int"}),
        ("Annotated[Order, int]", {ORDER}),
        ("dict[str, list[Order]]", {ORDER, "builtins.dict", "builtins.str", "builtins.list"}),
        ("Orders", {ORDER, "builtins.list"}),
        ("Either", {ORDER, "builtins.list"}),
        ("Id", {ORDER}),
        ("Bounded", {ORDER}),
        ("Callable[[Order], int]", {ORDER, "builtins.int", "collections.abc.Callable"}),
        ("'Callable[[Order], int]'", {ORDER, "builtins.int", "collections.abc.Callable"}),
        ("Renamed", {"elsewhere.Thing"}),
        ("typing.Any", {"?"}),
        ("object", {"?"}),
        ("Nowhere", {"builtins.Nowhere"}),
        ("Literal['Order']", set()),
        ("None", set()),
        ("type[Order]", {"builtins.type"}),
        ("Select[tuple[Order]]", {"sqlalchemy.Select"}),
    ],
)
def test_what_an_annotation_speaks_of(annotation: str, found: set[str]) -> None:
    assert types_in(annotation, PRELUDE) == found


WRAPPERS = (
    "Optional[{}]",
    "{} | None",
    "None | {}",
    "Union[int, {}]",
    "list[{}]",
    "tuple[{}, ...]",
    "Mapping[str, {}]",
    "Annotated[{}, 'note']",
    "AsyncIterator[{}]",
    "ClassVar[{}]",
)


@given(st.lists(st.sampled_from(WRAPPERS), max_size=6), st.booleans())
def test_a_type_is_found_under_any_wrapping(wrappers: list[str], quoted: bool) -> None:
    annotation = "Order"
    for wrapper in wrappers:
        annotation = wrapper.format(annotation)
    found = types_in(repr(annotation) if quoted else annotation, PRELUDE)
    assert ORDER in found
    assert "?" not in found
