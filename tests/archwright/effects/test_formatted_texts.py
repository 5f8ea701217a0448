"""The literal parts of formatted strings are their values, as those of plain strings are."""

from __future__ import annotations

import ast

from effect_projects import analysis_of
from hypothesis import given
from hypothesis import strategies as st

from archwright.facts import ir

_PIECES = st.sampled_from(
    ["a", " ", "\\n", "\\\\", "\\'", '\\"', "\\x41", "\\u00e9", "\\101", "\\q", "{{", "}}", "SELECT"]
)


@given(st.lists(_PIECES, max_size=6).map("".join), st.booleans())
def test_text_between_the_holes_is_read_as_python_reads_it(text: str, raw: bool) -> None:
    source = f'x = {"r" if raw else ""}f"""{text} {{y}}"""'
    (statement,) = analysis_of({"app": source}).project.code("app").body
    assert isinstance(statement, ir.Assign)
    assert isinstance(statement.value, ir.FString)
    found = "".join(part.value for part in statement.value.parts if isinstance(part, ir.Str))
    joined = ast.parse(source).body[0]
    assert isinstance(joined, ast.Assign)
    assert isinstance(joined.value, ast.JoinedStr)
    wanted = "".join(str(part.value) for part in joined.value.values if isinstance(part, ast.Constant))
    assert found == wanted
