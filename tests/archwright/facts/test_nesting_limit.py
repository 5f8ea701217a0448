"""A file nested beyond what Python itself accepts is one finding, at once; brackets in strings and comments do not count."""

from __future__ import annotations

import msgspec
import pytest

from archwright.facts.extract import extract
from archwright.facts.summary import Summary


def error_of(source: str) -> str:
    return msgspec.msgpack.decode(extract(source.encode())[0], type=Summary).error


@pytest.mark.parametrize("opening", ["(", "[", "{0: "])
def test_deep_brackets_are_refused_before_they_are_parsed(opening: str) -> None:
    closing = {"(": ")", "[": "]", "{0: ": "}"}[opening]
    assert error_of(f"x = {opening * 9000}1{closing * 9000}\n") == "brackets nested deeper than 200"


@pytest.mark.parametrize(
    "source",
    [
        'x = "' + "(" * 500 + '"\n',
        "# " + "[" * 500 + "\nx = 1\n",
        'x = """' + "{" * 300 + '\n"""\n',
        "x = r'\\'\n",
    ],
)
def test_brackets_that_are_no_code_do_not_count(source: str) -> None:
    assert error_of(source) in ("", "not valid Python")
    assert "nested" not in error_of(source)
