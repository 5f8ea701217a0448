"""How much is done to read a query grows with its text."""

from __future__ import annotations

import sys
from types import FrameType

from archwright.project.execution.values import Made
from archwright.project.queries.text import read_text


def _calls_to_read(text: str) -> int:
    made = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal made
        made += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        level, _, _ = read_text(text, {}, ())
    finally:
        sys.setprofile(before)
    assert level is not None
    return made


def _sum(terms: int) -> str:
    return "SELECT " + " + ".join(f"a{i}" for i in range(terms)) + " FROM t"


def test_a_long_column_is_read_once() -> None:
    _calls_to_read(_sum(2))  # what is imported on the way does not count
    assert _calls_to_read(_sum(200)) < 6 * _calls_to_read(_sum(50))


def test_the_text_now_asks_for_the_time_wherever_it_stands() -> None:
    level, _, _ = read_text("SELECT a + (b * CAST('NOW' AS timestamp)), c + 'then' FROM t", {}, ())
    assert level is not None
    asking, other = level.outputs
    assert isinstance(asking, Made)
    assert (asking.name, getattr(other, "name", "")) == ("sqlalchemy.func.now", "sql.add")
