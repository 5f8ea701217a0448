"""All of Python's syntax is lowered, and what code means survives it."""

from __future__ import annotations

import ast
import sys
import warnings
from functools import partial

import libcst as cst
import msgspec
import pytest
from facts_samples import facts, parse, stdlib_sources

from archwright.facts import expressions, ir, operators, statements
from archwright.facts.store import FactStore, content_key
from archwright.facts.walk import NODE_FIELDS, children, walk, walk_own, walk_statements


def _of(base: type) -> list[type]:
    """The node types of libcst that *base* stands for."""
    found = [
        value
        for name, value in vars(cst).items()
        if isinstance(value, type) and issubclass(value, base) and not name.startswith("Base")
    ]
    assert found
    return found


@pytest.mark.parametrize("node", _of(cst.BaseExpression), ids=lambda n: n.__name__)
def test_every_expression_of_libcst_is_known(node: type) -> None:
    assert node in expressions._LOWER


@pytest.mark.parametrize("node", _of(cst.BaseSmallStatement), ids=lambda n: n.__name__)
def test_every_simple_statement_of_libcst_is_known(node: type) -> None:
    assert node in statements._SIMPLE or node is cst.Pass


@pytest.mark.parametrize("node", _of(cst.BaseCompoundStatement), ids=lambda n: n.__name__)
def test_every_compound_statement_of_libcst_is_known(node: type) -> None:
    assert node in statements._COMPOUND


@pytest.mark.parametrize("node", _of(cst.BaseBinaryOp), ids=lambda n: n.__name__)
def test_every_binary_operator_is_known(node: type) -> None:
    assert node in operators.BINARY


@pytest.mark.parametrize("node", _of(cst.BaseCompOp), ids=lambda n: n.__name__)
def test_every_comparison_is_known(node: type) -> None:
    assert node in operators.COMPARE or node is cst.NotEqual


@pytest.mark.parametrize("node", _of(cst.BaseUnaryOp), ids=lambda n: n.__name__)
def test_every_unary_operator_is_known(node: type) -> None:
    assert node in operators.UNARY


def test_names_calls_and_strings_of_the_standard_library_all_arrive() -> None:
    sources = stdlib_sources(120)
    store = FactStore(None)
    store.load({content_key(data): data for _, data in sources})
    for name, data in sources:
        module = store.module(content_key(data))
        nodes = [n for statement in module.body for n in walk(statement)]
        tree = parse(data)
        attributes = sorted(n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute))
        assert sorted(n.name for n in nodes if isinstance(n, ir.Attr)) == attributes, name
        keywords = sorted(
            k.arg or "**" for n in ast.walk(tree) if isinstance(n, ast.Call) for k in n.keywords
        )
        ours = [a for n in nodes if isinstance(n, ir.Call) for a in n.args if a.keyword or a.star == 2]
        assert sorted(a.keyword or "**" for a in ours) == keywords, name


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("A()", {"": "A"}),
        ("m.A(1) as a", {"": "m.A", "a": "m.A"}),
        ("A() | B() as a", {"": "A B", "a": "A B"}),
        ("(A() | m.B()) as a", {"": "A m.B", "a": "A m.B"}),
        ("(A() as a) | (B() as a)", {"": "A B", "a": "A B"}),
        ("(A() as a) | [a]", {}),
        ("A() | None", {}),
        ("[A() as a, b]", {"a": "A"}),
        ("{'k': A() as a, **rest}", {"a": "A"}),
        ("A(x=B() as b, y=y)", {"": "A", "b": "B"}),
        ("A(x=B() | 1)", {"": "A"}),
        ("a", {}),
        ("_", {}),
        ("m.RED | 'x'", {}),
    ],
)
def test_patterns_tell_of_which_class_a_name_is(pattern: str, told: dict[str, str]) -> None:
    _, module = facts(f"match x:\n    case {pattern}:\n        pass\n")
    (statement,) = module.body
    assert isinstance(statement, ir.Match)
    (case,) = statement.cases
    classes = [ir.dotted(cls.cls) or "" for cls in case.classes]
    found = {tell.name: " ".join(classes[number] for number in tell.classes) for tell in case.tells}
    assert found == told


def test_patterns_keep_what_they_read_and_compare_with() -> None:
    _, module = facts("match x:\n    case {m.KEY: A(1, 2, three=m.RED)} | -1:\n        pass\n")
    (statement,) = module.body
    assert isinstance(statement, ir.Match)
    (case,) = statement.cases
    assert case.classes == (ir.ClassPattern(ir.Name("A"), 2, ("three",)),)
    assert [ir.dotted(value) for value in case.values] == ["m.KEY", None, None, "m.RED", None]


def test_type_parameters_are_kept() -> None:
    _, module = facts("def f[T: A, *Ts, **P](): ...\nclass C[T: (A, B)]: ...\ntype X[T] = list[T]\n")
    function, cls, alias = module.body
    assert isinstance(function, ir.FunctionDef)
    assert isinstance(cls, ir.ClassDef)
    assert isinstance(alias, ir.TypeAlias)
    one = ir.TypeParam("T", ir.Name("A"))
    assert function.type_params == (one, ir.TypeParam("Ts", None, 1), ir.TypeParam("P", None, 2))
    assert cls.type_params == (ir.TypeParam("T", ir.Seq("tuple", (ir.Name("A"), ir.Name("B")))),)
    assert alias.type_params == (ir.TypeParam("T", None),)


@pytest.mark.parametrize(
    "source",
    [
        "x = 'a\\d'\n",
        'x = "\\q" f"\\w{1}"\n',
        "if x is 1: pass\n",
        "assert (x, 'always true')\n",
        "x = 1if y else 2\n",
    ],
)
def test_nothing_is_said_about_dubious_code(source: str) -> None:
    """What the interpreter would warn about is for the code's author, not for whoever checks architecture."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        summary, _ = facts(source)
    assert not summary.error


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("x = 'a' 'b'\n", "ab"),
        ("x = ('a'\n     \"b\")\n", "ab"),
        ("x = r'\\d'\n", "\\d"),
        ("x = '\\x41\\u00e9\\n'\n", "Aé\n"),
        ("x = '''a\nb'''\n", "a\nb"),
        ("x = u'a'\n", "a"),
        ("x = '\\N{BULLET}'\n", "•"),
        ("x = ''\n", ""),
        ('x = """"a"""\n', '"a'),
        ("x = 'a\\\nb'\n", "ab"),
    ],
)
def test_strings_have_python_s_value(source: str, value: str) -> None:
    _, module = facts(source)
    (statement,) = module.body
    assert isinstance(statement, ir.Assign)
    assert statement.value == ir.Str(value)


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("x = f'a{b}c'\n", (ir.Str("a"), ir.Name("b"), ir.Str("c"))),
        ("x = f'{{{b}}}'\n", (ir.Str("{"), ir.Name("b"), ir.Str("}"))),
        ("x = f'{b!r:>{c}}'\n", (ir.Name("b"), ir.Name("c"))),
        ("x = 'a' f'{b}' 'c'\n", (ir.Str("a"), ir.Name("b"), ir.Str("c"))),
        ("x = f'\\n{b}'\n", (ir.Str("\n"), ir.Name("b"))),
        ("x = rf'\\n{b}'\n", (ir.Str("\\n"), ir.Name("b"))),
    ],
)
def test_formatted_strings_keep_their_text_and_holes(source: str, parts: tuple[ir.Expr, ...]) -> None:
    _, module = facts(source)
    (statement,) = module.body
    assert isinstance(statement, ir.Assign)
    assert statement.value == ir.FString(parts)


def test_modules_survive_being_stored() -> None:
    encoder, decoder = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(ir.Module)
    for name, data in stdlib_sources(60):
        _, module = facts(data)
        assert decoder.decode(encoder.encode(module)) == module, name


def test_children_are_all_nodes_and_walks_agree() -> None:
    for _, data in stdlib_sources(20):
        _, module = facts(data)
        everything = [n for statement in module.body for n in walk(statement)]
        assert all(type(n) in NODE_FIELDS for n in everything)
        assert len(everything) == len(module.body) + sum(1 for n in everything for _ in children(n))
        own = {id(n) for n in walk_own(module.body)}
        assert {id(s) for s in walk_statements(module.body)} <= own


def test_a_long_chain_and_a_deep_nest_are_no_problem(request: pytest.FixtureRequest) -> None:
    request.addfinalizer(partial(sys.setrecursionlimit, sys.getrecursionlimit()))
    sys.setrecursionlimit(30_000)  # as the command does
    chain = "if x == 0: pass\n" + "".join(f"elif x == {n}: pass\n" for n in range(1, 2_000))
    assert not facts(chain)[0].error
    deep = "".join("    " * n + "if x:\n" for n in range(80)) + "    " * 80 + "pass\n"
    assert not facts(deep)[0].error


def test_what_is_too_deep_or_too_large_says_so() -> None:
    assert "nested" in facts("x = " + "(" * 3_000 + ")" * 3_000 + "\n")[0].error
    assert "larger than" in facts(b"x = 1\n" * 1_400_000)[0].error
