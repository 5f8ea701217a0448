"""Where values come from: rows through any number of hands, and what is no row any more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shape_projects import returned

PRELUDE = """
import copy
from dataclasses import dataclass
from typing import Any, NamedTuple
from sqlalchemy import func, select
from sqlalchemy.orm import DeclarativeBase, Session

class Base(DeclarativeBase): ...
class Order(Base):
    __tablename__ = "orders"
    id: int
    total: int

@dataclass
class Box:
    inside: Any

class Kept:
    def __init__(self, inside, label=""):
        self._inside = inside or None
        self.label = label

class Dropped:
    def __init__(self, inside):
        self.size = inside.total

def same(x):
    return x

def total(x):
    return x.total
"""
ORDER = "app.Order"


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("s.get(Order, 1)", True),
        ("s.scalars(select(Order)).all()", True),
        ("s.execute(select(Order)).scalar_one_or_none()", True),
        ("s.query(Order).filter(Order.id == 1).first()", True),
        ("s.execute(select(Order.id, Order.total)).all()", False),
        ("s.scalar(select(func.count()).select_from(Order))", False),
        ("select(Order)", False),
        ("Box(s.get(Order, 1))", True),
        ("Box(inside=s.get(Order, 1))", True),
        ("Kept(s.get(Order, 1))", True),
        ("Kept('x', label='y')", False),
        ("Dropped(s.get(Order, 1))", False),
        ("same(s.get(Order, 1))", True),
        ("total(s.get(Order, 1))", False),
        ("[total(o) for o in s.scalars(select(Order))]", False),
        ("{o.id: o for o in s.scalars(select(Order))}", True),
        ("copy.copy(s.get(Order, 1))", True),
        ("str(s.get(Order, 1))", False),
        ("len(s.scalars(select(Order)).all()) or None", False),
        ("s.get(Order, 1).total if s else 0", False),
        ("(lambda o: o)(1)", False),
        ("next(iter(sorted(s.scalars(select(Order)), key=total)))", True),
        ("s.get(Order, 1) is None", False),
        ("f'{s.get(Order, 1)}'", False),
    ],
)
def test_what_a_result_holds(expression: str, holds: bool) -> None:
    found = returned(f"{PRELUDE}\ndef f(s: Session):\n    return {expression}\n")
    assert (ORDER in found) is holds


HANDS = (
    "{new} = [{old}]",
    "{new} = ({old}, 1)",
    "{new} = {{'k': {old}}}",
    "{new} = same({old})",
    "{new} = Box({old})",
    "{new} = {old} or None",
    "{new} = {old} if s else None",
    "{new} = []\n    {new}.append({old})",
    "{new} = {{}}\n    {new}['k'] = {old}",
    "{new} = list({old})",
    "{new} = [x for x in [{old}]]",
    "{new} = None\n    if s:\n        {new} = {old}",
    "for {new} in [{old}]:\n        pass",
    "{new} = {old}\n    {new} = {new}",
    "with open('x'):\n        {new} = {old}",
    "try:\n        {new} = {old}\n    except ValueError:\n        {new} = None",
)


@given(st.lists(st.sampled_from(HANDS), max_size=5), st.booleans())
def test_a_row_is_followed_through_any_hands(hands: list[str], is_row: bool) -> None:
    lines = ["v0 = s.get(Order, 1)" if is_row else "v0 = s.get(Order, 1).total"]
    lines += [hand.format(old=f"v{n}", new=f"v{n + 1}") for n, hand in enumerate(hands)]
    body = "\n    ".join([*lines, f"return v{len(hands)}"])
    assert (ORDER in returned(f"{PRELUDE}\ndef f(s: Session):\n    {body}\n")) is is_row


def test_parameters_of_a_statement_are_no_part_of_its_rows() -> None:
    code = f"{PRELUDE}\n\ndef f(session: Session):\n    return session.execute(select(Order.id), {{'a': Box(1)}}).all()\n"
    assert "app.Box" not in returned(code)
