"""Conditions: formulas against brute force, and one normal form for all spellings of one condition."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from snippets import analyse

from archwright.project.flow.formulas import (
    FALSE,
    TRUE,
    And,
    Atom,
    Formula,
    Not,
    Or,
    atoms,
    negate,
    truth,
)
from archwright.project.flow.terms import Terms

_KEYS = ("a", "b", "c")


def _formulas() -> st.SearchStrategy[Formula]:
    leaves: st.SearchStrategy[Formula] = st.sampled_from([TRUE, FALSE, *map(Atom, _KEYS)])
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(Not, inner), st.builds(And, inner, inner), st.builds(Or, inner, inner)
        ),
        max_leaves=8,
    )


def _brute(formula: Formula, values: dict[str, bool]) -> bool:
    match formula:
        case Atom():
            return values[formula.key]
        case Not():
            return not _brute(formula.operand, values)
        case And():
            return _brute(formula.left, values) and _brute(formula.right, values)
        case Or():
            return _brute(formula.left, values) or _brute(formula.right, values)
        case _:
            return formula.value


def _assignments(keys: tuple[str, ...]) -> Iterator[dict[str, bool]]:
    for values in itertools.product((False, True), repeat=len(keys)):
        yield dict(zip(keys, values, strict=True))


@settings(max_examples=150, deadline=None)
@given(_formulas())
def test_truth_is_what_brute_force_finds(formula: Formula) -> None:
    for values in _assignments(_KEYS):
        assert truth(formula, values) is _brute(formula, values)
        assert truth(negate(formula), values) is not _brute(formula, values)
    assert set(atoms(formula)) <= set(_KEYS)


@settings(max_examples=150, deadline=None)
@given(_formulas(), st.sets(st.sampled_from(_KEYS)), st.tuples(st.booleans(), st.booleans(), st.booleans()))
def test_what_is_told_from_a_part_holds_for_every_whole(
    formula: Formula, known: set[str], values: tuple[bool, bool, bool]
) -> None:
    part = {key: value for key, value in zip(_KEYS, values, strict=True) if key in known}
    told = truth(formula, part)
    if told is not None:
        assert all(
            _brute(formula, whole) is told for whole in _assignments(_KEYS) if part.items() <= whole.items()
        )


_CODE = """
from m_limits import allowed
class Report:
    paths: list
    @property
    def empty(self): return not self.paths
    def is_empty(self): return not self.paths
def lacks(report: Report): return not report.paths
class Engine:
    def run(self, report: Report, n, x, y, z, items):
        config = self.config
        paths = report.paths
        changed = self.config
        changed = None
"""


@pytest.fixture(scope="module")
def terms() -> Terms:
    inference = analyse({"m.py": _CODE}).inference
    return Terms(inference.index("m").scopes["Engine.run"], inference)


def _formula(terms: Terms, text: str) -> Formula:
    return terms.formula(terms._inference.project.expression(text))


def _same(one: Formula, other: Formula) -> bool:
    keys = tuple(dict.fromkeys((*atoms(one), *atoms(other))))
    return all(truth(one, v) is truth(other, v) for v in _assignments(keys))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x == y", "y == x"),
        ("x != y", "not x == y"),
        ("x < y", "y > x"),
        ("x <= y", "y >= x"),
        ("x <= y", "not y < x"),
        ("x is None", "x == None"),
        ("x is not None", "not (x is None)"),
        ("None is x", "x is None"),
        ("x not in items", "not (x in items)"),
        ("x < y < z", "x < y and y < z"),
        ("len(items) == 0", "not items"),
        ("0 == len(items)", "not items"),
        ("len(items) > 0", "items"),
        ("len(items) >= 1", "items"),
        ("0 < len(items)", "items"),
        ("len(items) != 0", "items"),
        ("len(items) < 1", "not items"),
        ("bool(items)", "items"),
        ("not not items", "items"),
        ("items == []", "not items"),
        ("x is True", "x == True"),
        ("x is False", "not x"),
        ("x if y else z", "(y and x) or (not y and z)"),
        ("self.config.save", "config.save"),
        ("not paths", "not report.paths"),
        ("report.empty", "not report.paths"),
        ("report.is_empty()", "not report.paths"),
        ("lacks(report)", "not report.paths"),
        ("lacks(report=report)", "not report.paths"),
        ("not (x and y)", "not x or not y"),
        ("(x := y)", "y"),
        ("'a'", "True"),
        ("''", "False"),
        ("0", "False"),
        ("0.0", "0x0"),
        ("10", "True"),
        ("1e0", "True"),
        ("b''", "False"),
        ("b'x'", "True"),
        ("()", "False"),
        ("[x]", "True"),
        ("{}", "False"),
        ("None", "False"),
        ("...", "True"),
    ],
)
def test_two_spellings_of_one_condition(terms: Terms, one: str, other: str) -> None:
    assert _same(_formula(terms, one), _formula(terms, other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x == y", "x != y"),
        ("x < y", "y < x"),
        ("x <= y", "x < y"),
        ("x in items", "items in x"),
        ("x is None", "x"),
        ("x is None", "not x"),
        ("x == 0", "not x"),
        ("len(items) > 1", "items"),
        ("len(items) == 1", "items"),
        ("x and y", "x or y"),
        ("report.paths", "self.paths"),
        ("changed.save", "self.config.save"),
        ("allowed(x)", "allowed(y)"),
        ("x.a", "x.b"),
        ("x[0]", "x[1]"),
        ("x is True", "x is not True"),
    ],
)
def test_two_different_conditions(terms: Terms, one: str, other: str) -> None:
    assert not _same(_formula(terms, one), _formula(terms, other))


_ATOMS = ("x", "y", "report.paths", "self.config.save", "len(items) > 0", "n == 3", "z is None", "x < y")


@st.composite
def _rewritten(draw: st.DrawFn) -> tuple[str, str]:
    """A condition, and the same one written differently."""

    def grow(depth: int) -> tuple[str, str]:
        if depth == 0 or draw(st.integers(0, 3)) == 0:
            atom = draw(st.sampled_from(_ATOMS))
            return atom, draw(st.sampled_from([atom, f"({atom})", f"not not ({atom})", f"bool({atom})"]))
        kind = draw(st.sampled_from(["and", "or", "not", "if"]))
        (l1, l2), (r1, r2) = grow(depth - 1), grow(depth - 1)
        if kind == "not":
            return f"not ({l1})", draw(st.sampled_from([f"not ({l2})", f"False if ({l2}) else True"]))
        if kind == "if":
            t1, t2 = grow(depth - 1)
            choice = f"(({t2}) and ({l2})) or ((not ({t2})) and ({r2}))"
            return f"({l1}) if ({t1}) else ({r1})", choice
        other = "or" if kind == "and" else "and"
        de_morgan = f"not ((not ({l2})) {other} (not ({r2})))"
        return f"({l1}) {kind} ({r1})", draw(st.sampled_from([f"({r2}) {kind} ({l2})", de_morgan]))

    return grow(3)


@settings(max_examples=150, deadline=None)
@given(pair=_rewritten())
def test_rewriting_a_condition_keeps_its_formula(terms: Terms, pair: tuple[str, str]) -> None:
    assert _same(_formula(terms, pair[0]), _formula(terms, pair[1])), pair
