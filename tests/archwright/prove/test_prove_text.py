"""Changes of text hit what they mean, and nothing else."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archwright.prove.refactoring import (
    add_docstrings,
    concatenate_texts,
    else_after_leaving,
    quote_annotations,
    reorder_functions,
)
from archwright.prove.rewriting import (
    alias_imports,
    comment_everywhere,
    extract_bodies,
    rename_locals,
    reorder_imports,
    split_expressions,
    written_anew,
)
from archwright.prove.spread import spread, spread_over
from archwright.prove.text import SourceText

ROOT = Path(__file__).parents[3]
SOURCES = sorted((ROOT / "src/app").rglob("*.py"))[::9] + sorted(
    (ROOT / "verifiers/archwright/prove").rglob("*.py")
)
ODD = (
    '# Größe: ä\nKEY = "ключ"; OTHER = f(ключ, "b")\n\n\n'
    "@decorated(1)\ndef f(x):\n    '''Says ä.'''\n    ä = g(x, y=2, *x, **x)\n    return ä\n"
)


def test_every_statement_of_a_function_can_be_changed() -> None:
    changed = sum(changed_everywhere(SourceText(str(path), path.read_text())) for path in SOURCES[::3])
    assert changed > 500


def changed_everywhere(text: SourceText) -> int:
    changed = 0
    for function in list(text.definitions)[:4]:
        node = text.function(function)
        for statement in node.body if node is not None else ():
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                continue
            for edit in (
                text.dropping(statement),
                text.around(statement, "if False:"),
                text.around(statement, "try:", "except Exception:\n    pass"),
                text.before(statement, "first = 1\nsecond = 2"),
                text.after(statement, "if first:\n    second()"),
            ):
                new = text.edited(edit)
                ast.parse(new)
                assert new != text.text
                changed += 1
        if node is not None:
            ast.parse(text.edited(text.at_start(node, "first = 1")))
            assert "NotImplementedError" in text.edited(text.emptied(node))
    return changed


def test_segments_count_characters_not_bytes() -> None:
    text = SourceText("odd.py", ODD)
    (assigned,) = [
        n
        for n in text.nodes(ast.Assign)
        if n.targets[0].__class__ is ast.Name and text.segment(n.targets[0]) == "ä"
    ]
    assert text.segment(assigned) == "ä = g(x, y=2, *x, **x)"
    function = text.function("f")
    assert function is not None
    assert text.segment(function).startswith("@decorated(1)\ndef f(x):")
    (call,) = [n for n in text.nodes(ast.Call) if text.segment(n.func) == "g"]
    assert text.call_at((8, 9, 8, 27)) is call


@pytest.mark.parametrize(
    ("gone", "left"),
    [(0, "f(*b, c=1, **d)"), (1, "f(a, c=1, **d)"), (2, "f(a, *b, **d)"), (3, "f(a, *b, c=1)")],
)
def test_one_argument_goes_with_its_comma(gone: int, left: str) -> None:
    text = SourceText("call.py", "f(a, *b, c=1, **d)")
    (call,) = text.nodes(ast.Call)
    items: list[ast.AST] = [*call.args, *call.keywords]
    assert text.edited(text.dropping_item(items[gone])) == left


def test_overlapping_lines_of_windows_files() -> None:
    text = SourceText("dos.py", "a = 1\r\nif a:\r\n    b = 2\r\n")
    (last,) = [n for n in text.nodes(ast.Assign) if text.segment(n) == "b = 2"]
    assert (
        ast.unparse(ast.parse(text.edited(text.after(last, "c = 3")))) == "a = 1\nif a:\n    b = 2\n    c = 3"
    )


TRANSFORMATIONS = {
    "locals": rename_locals,
    "expressions": split_expressions,
    "imports": reorder_imports,
    "aliases": lambda tree: alias_imports(tree, frozenset()),
    "bodies": lambda tree: extract_bodies(tree, lambda name: False),
    "docstrings": add_docstrings,
    "annotations": quote_annotations,
    "functions": reorder_functions,
    "else": else_after_leaving,
    "texts": concatenate_texts,
}


@pytest.mark.parametrize("name", TRANSFORMATIONS)
def test_transformations_change_real_code_and_give_python(name: str) -> None:
    changed = 0
    for path in SOURCES:
        plain = written_anew(path.read_text())
        new = written_anew(path.read_text(), TRANSFORMATIONS[name])
        assert plain is not None
        assert new is not None
        compile(new, str(path), "exec", flags=ast.PyCF_ONLY_AST)
        changed += new != plain
    assert changed > len(SOURCES) // 3


PROGRAM = '''
import math as m, json
from functools import reduce

def described(value: float) -> str:
    return "a rather long text " + str(value)

def area(r: float, *rest, scale=1, **names) -> object:
    """Doc."""
    try:
        square = r * r
        total = m.pi * square
    except TypeError as problem:
        total = str(problem)
    if total and scale > 1:
        return described(round(total * scale, 3))
    return json.dumps([total, list(rest), sorted(names)])

class Shape:
    def __init__(self, sides):
        self.sides = sides

    def perimeter(self, factor=2):
        whole = reduce(lambda a, b: a + b, self.sides)
        if whole > 10 or not self.sides:
            return whole * factor
        return -whole

RESULT = [area(2), area(3, scale=2), area("x", 1, 2, k=3), Shape([1, 2]).perimeter(), Shape([9, 9]).perimeter(factor=3)]
'''


@pytest.mark.parametrize("name", TRANSFORMATIONS)
def test_transformations_keep_what_a_program_computes(name: str) -> None:
    """This program is the test's own; the code under test is never run."""
    results = []
    for text in (PROGRAM, written_anew(PROGRAM, TRANSFORMATIONS[name])):
        assert text is not None
        space: dict[str, object] = {}
        exec(compile(text, "program", "exec"), space)
        results.append(space["RESULT"])
    assert results[0] == results[1]
    assert written_anew(PROGRAM, TRANSFORMATIONS[name]) != written_anew(PROGRAM)


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.name)
def test_comments_leave_the_tree_as_it_is(path: Path) -> None:
    plain = written_anew(path.read_text())
    assert plain is not None
    assert ast.dump(ast.parse(comment_everywhere(plain))) == ast.dump(ast.parse(plain))


@given(st.lists(st.integers()), st.integers(min_value=0, max_value=20))
@settings(deadline=None)
def test_a_spread_keeps_order_and_number(items: list[int], count: int) -> None:
    chosen = spread(enumerate(items), count)
    assert len(chosen) == min(count, len(items))
    assert chosen == sorted(set(chosen))


@given(st.lists(st.sampled_from("aaaaabc")), st.integers(min_value=0, max_value=12))
@settings(deadline=None)
def test_every_group_gets_its_share(items: list[str], count: int) -> None:
    chosen = spread_over(items, count, lambda item: item)
    assert len(chosen) == min(count, len(items))
    shares = {name: chosen.count(name) for name in set(items)}
    for name, share in shares.items():
        assert share == items.count(name) or share >= max(shares.values()) - 1
