"""What would keep the parser busy for minutes is one finding, at once and at its place; strings and comments are not code."""

from __future__ import annotations

import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archwright.facts.bounds import MAX_TOKENS, excess
from archwright.facts.branches import MAX_BRANCHES
from archwright.facts.extract import extract_batch
from archwright.facts.measure import MAX_LINKS, MAX_NESTING, MAX_PATTERN, measure
from archwright.facts.summary import Summary


def read(source: str) -> Summary:
    ((summary, _),) = extract_batch([source.encode()])
    return msgspec.msgpack.decode(summary, type=Summary)


CHAINS = {
    "sum": " + a",
    "difference": "\\\n - a",
    "power": " ** a",
    "condition": " and a",
    "attributes": ".a",
    "calls": ".a(1, x=2)",
    "results": "()",
    "items": "[0]",
    "alternatives": " if b else a",
}
PREFIXES = {"not": "not ", "minus": "-", "lambda": "lambda: ", "lambda_of_two": "lambda a, b=1: "}
HOLDERS = {
    "name": "{}\n",
    "argument": "f(1, {})\n",
    "table": "x = [\n  1,\n  {},\n]\n",
    "string": "x = f'a {{{}}}'\n",
    "nested_string": 'x = f"it\'s {{b["it\'s"]}} {{{}!r:>{{width}}}}"\n',
    "format": "x = f'{{a:{{{}}}}}'\n",
    "after_quotes": "x = 'it' \"'\" # \"'\n{}\n",
    "after_text": '"""a\n"b"\n"""\n{}\n',
    "windows": "x = 1\r\n{}\r\n",
    "mac": "x = 1\r{}\r",
}


@pytest.mark.parametrize("holder", HOLDERS)
@pytest.mark.parametrize("chain", [*CHAINS, *PREFIXES])
def test_what_hangs_on_one_another(holder: str, chain: str) -> None:
    def expression(links: int) -> str:
        link = CHAINS.get(chain) or PREFIXES[chain]
        if holder in ("string", "format") and "\\" in link:
            link = link.replace("\\\n", "")
        return f"a{link * links}" if chain in CHAINS else f"{link * links}a"

    begin = time.process_time()
    found = excess(HOLDERS[holder].format(expression(20_000)).encode())
    assert found is not None
    assert f"more than {MAX_LINKS} operators" in found.message
    before = HOLDERS[holder].partition("{}")[0].replace("\r\n", "\n").replace("\r", "\n")
    assert found.line == before.count("\n") + 1
    assert time.process_time() - begin < 5, "as long as the text, no longer"
    assert excess(HOLDERS[holder].format(expression(MAX_LINKS // 3)).encode()) is None


@pytest.mark.parametrize("chain", CHAINS)
def test_what_is_not_too_much_is_read(chain: str) -> None:
    assert read(f"x = a{CHAINS[chain] * 100}\n").error == ""


@pytest.mark.parametrize("opening", ["(", "[", "{0: "])
def test_deep_brackets_are_refused_before_they_are_parsed(opening: str) -> None:
    closing = {"(": ")", "[": "]", "{0: ": "}"}[opening]
    summary = read(f"\nx = {opening * 9000}1{closing * 9000}\n")
    assert summary.error == f"brackets nested deeper than {MAX_NESTING}; give parts names"
    assert summary.error_at == (2, 5 + MAX_NESTING * len(opening))


@pytest.mark.parametrize(
    "source",
    [
        f"del {'(' * 40}a{',)' * 40}\n",
        f"x = 1; del {'[' * 40}a{']' * 40}\n",
        *(
            f"match x:\n    case {o * 30}a{c * 30}:\n        pass\n"
            for o, c in (("[", "]"), ("(", ")"), ("A(", ")"))
        ),
        f"match x:\n    case {'{1: ' * 12}a{'}' * 12}:\n        pass\n",
    ],
)
def test_brackets_that_take_ever_longer(source: str) -> None:
    found = excess(source.encode())
    assert found is not None
    assert f"nested deeper than {MAX_PATTERN}" in found.message
    assert found.line == source.count("\n", 0, source.index("case" if "case" in source else "del")) + 1


def test_long_chains_with_long_arguments() -> None:
    rows = ", ".join(["1"] * 100)
    found = excess(("a = b\n" + f"x = a{f'.b([{rows}])' * 400}\n").encode())
    assert found is not None
    assert "too many long chains" in found.message
    assert found.line == 2
    assert excess(f"x = a{f'.b([{rows}])' * 100}\n".encode()) is None


def test_many_chains_are_as_much_as_long_ones() -> None:
    found = excess((f"x = a{'.b()' * 400}\n" * 100).encode())
    assert found is not None
    assert "too many long chains" in found.message
    assert 10 < found.line < 100


@pytest.mark.parametrize(
    "source",
    [
        "x = 1\n" * (MAX_TOKENS // 4 + 1),
        "\n" * (MAX_TOKENS + 1),
        "# a\n" * (MAX_TOKENS + 1),
        f"x = [{'1,' * MAX_TOKENS}]",
        "x = [" + "'a' " * MAX_TOKENS + "]",
    ],
)
def test_a_file_of_too_many_tokens(source: str) -> None:
    summary = read(source)
    assert summary.error == f"more than {MAX_TOKENS} tokens; split it, or keep data in data files"
    assert summary.error_at == (1, 1)


@pytest.mark.parametrize(
    "source",
    [
        'x = "' + "(" * 500 + '"\n',
        "# " + "[" * 500 + "\nx = 1\n",
        'x = """' + "{" * 300 + '\n"""\n',
        "x = f'''" + "([ ... " * 2_000 + "'''\n",
        "x = f'" + "{{ + }} - " * 2_000 + "'\n",
        "x = f'" + "{a}. " * 1_500 + "'\n",
        "x = '" + "." * 3_000_000 + "'\n",
        "x = [" + "a.b(), -1, " * 1_000 + "]\n",
        "x = {" + "'a': b.c + 1, **d, " * 1_000 + "}\n",
        "x = " + "a < b < " * 600 + "c\n",
        "x = (" + "'a'\n" * 2_000 + ")\n",
        "x = '" + "\\\n" * 2_000 + "'\n",
        "@a.b(1)\n" * 2_000 + "def f(): ...\n",
    ],
)
def test_what_is_long_but_flat_is_read(source: str) -> None:
    assert read(source).error == ""


def branches(count: int, indent: str = "") -> str:
    first = f"{indent}if a:\n{indent}    x = 'elif'\n"
    return first + f"{indent}elif b:  # elif\n{indent}    if c: pass\n{indent}    else: pass\n" * count


def test_branches_are_counted_as_deep_as_they_are() -> None:
    assert excess((branches(MAX_BRANCHES) * 2).encode()) is None
    found = excess((branches(3) + branches(MAX_BRANCHES + 1)).encode())
    assert found is not None
    assert found.message == f"more than {MAX_BRANCHES} branches of one `if`; look them up in a table"
    assert (found.line, found.column) == (2 + 3 * 3 + 2 + 3 * MAX_BRANCHES + 1, 1)
    half = MAX_BRANCHES // 2 + 1
    assert excess((branches(half) + branches(half, "    ")).encode()) is not None
    assert excess((branches(half, "    ").join(["if x:\n", "\n"]) + branches(half)).encode()) is None


def test_what_python_reads_and_the_parser_does_not() -> None:
    summary = read("x = (" + "'a'\n" * 4_000 + ")\n")
    assert summary.error.startswith("valid Python, but in a form that the parser does not know (libcst ")


def test_a_nul_byte_is_found() -> None:
    assert read("x = 1\n\0\n").error == "not valid Python: it contains a NUL byte"
    assert read("x = 1\n\0\n").error_at == (2, 1)


PIECES = st.sampled_from(
    ["'", '"', "'''", '"""', "\\", "\n", "\r", "#", "f'", 'rf"', "F'''", "{", "}", "{{", "}}", "(", ")", "[", "]",
     ":", "!r", ",", ";", " ", "a", "lambda a", "case ", "del ", "if ", "else", "b''", "\\N{DASH}", "é"]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=12).map("".join)


@given(TEXTS, st.sampled_from([*CHAINS.values(), *PREFIXES.values(), "(", "{0:"]), TEXTS)
def test_the_first_glance_overlooks_nothing(before: str, link: str, after: str) -> None:
    data = f"{before}a{link * (MAX_LINKS + 1)}{after}".encode()
    found = excess(data)
    if found is not None:
        assert found == measure(data)
    elif (
        measure(data) is not None
    ):  # a string that does not end confuses the first glance: no parser reads that
        begin = time.process_time()
        assert read(data.decode()).error.startswith("not valid Python")
        assert time.process_time() - begin < 0.5


@given(st.binary() | TEXTS.map(str.encode))
def test_anything_can_be_measured(data: bytes) -> None:
    assert excess(data) is None
    measure(data)
