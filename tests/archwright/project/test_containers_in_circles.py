"""Containers that are made from each other in circles: answered once, not once for every way around."""

from __future__ import annotations

import pytest
from snippets import analyse

from archwright.project.code import calls_in
from archwright.project.types.values import ANYTHING, UNKNOWN

_ROUNDS = 60
"""Were each round walked from each of the others, no machine would come to an end of it."""

CIRCLES = {
    "loops": "def f(x, y):\n" + "    for x in y: pass\n    for y in x: pass\n" * _ROUNDS,
    "attributes": "class C:\n    def __init__(self):\n"
    + "        self.a = self.b[0]\n        self.b = self.a[1]\n" * _ROUNDS
    + "def f(c: C):\n    x = c.a[0]\n",
    "functions": "def g(k):\n"
    + "    if k: return h(k)[0]\n" * _ROUNDS
    + "def h(k):\n"
    + "    if k: return g(k)[1]\n" * _ROUNDS
    + "def f():\n    x = g(1)[0]\n",
    "unpacking": "def f():\n    x = y = z = []\n"
    + "    x, y, z = y[0], z[0], x[0]\n    for x, y in zip(y, z): z = [x, y]\n" * _ROUNDS,
    "doubling": "def f():\n    v0 = [g]\n"
    + "".join(f"    v{i + 1} = [*v{i}, *v{i}]\n" for i in range(_ROUNDS))
    + f"    x = v{_ROUNDS}[0]\n",
}


@pytest.mark.parametrize("circle", CIRCLES)
def test_an_answer_comes_back(circle: str) -> None:
    inference = analyse({"m.py": CIRCLES[circle]}).inference
    found = inference.name("x", inference.index("m").scopes["f"])
    assert UNKNOWN in found or circle == "unpacking"


def test_what_a_circle_begins_with_is_found() -> None:
    code = "def g(): ...\ndef f():\n    x = [g]\n    y = x\n    x = y\n    z = x[0]\n"
    inference = analyse({"m.py": code}).inference
    found = inference.name("z", inference.index("m").scopes["f"])
    assert [getattr(value, "qualname", "?") for value in found] == ["g"]


def test_clauses_that_go_through_each_other_end() -> None:
    """Each name of a comprehension is followed once, not once for every way there."""
    clauses = " ".join(f"for x{n + 1} in (x{n}, x{n}, x{n})" for n in range(20))
    inference = analyse(f"def f(x0): return [x20.go() {clauses}]\n").inference
    scope = inference.index("m").scopes["f"]
    assert [inference.callees(call, scope) for call in calls_in(scope)] == [ANYTHING]
