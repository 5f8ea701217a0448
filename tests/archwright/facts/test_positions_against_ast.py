"""Positions of statements and calls agree with Python's own, on a sample of the standard library."""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter
from collections.abc import Iterator
from functools import cache

from facts_samples import facts, parse, stdlib_sources

from archwright.facts import ir
from archwright.facts.store import FactStore, content_key
from archwright.facts.walk import walk

SAMPLE = 220
_STATEMENTS = {
    ast.Expr: "ExprStmt",
    ast.TryStar: "Try",
    ast.AsyncFor: "For",
    ast.AsyncWith: "With",
    ast.AsyncFunctionDef: "FunctionDef",
    ast.Break: "Jump",
    ast.Continue: "Jump",
    ast.ExceptHandler: "Handler",
    ast.alias: "Alias",
}
_PLACED = (ast.stmt, ast.Call, ast.Await, ast.ExceptHandler, ast.alias)
_UNPLACED = (ast.Pass, ast.Global, ast.Nonlocal)


@cache
def _modules() -> dict[str, tuple[bytes, ir.Module]]:
    sources = stdlib_sources(SAMPLE)
    store = FactStore(None)
    store.load({content_key(data): data for _, data in sources})
    for name, data in sources:
        assert not store.summary(content_key(data)).error, name
    return {name: (data, store.module(content_key(data))) for name, data in sources}


def test_the_sample_is_large_enough() -> None:
    assert len(_modules()) >= 200


def test_every_statement_and_call_stands_where_python_says() -> None:
    total = 0
    for name, (data, module) in _modules().items():
        expected = Counter(_python_places(data))
        found = Counter(_our_places(module))
        assert found == expected, (name, found - expected, expected - found)
        total += sum(expected.values())
    assert total > 20_000


def test_ends_agree_too() -> None:
    for name, (data, module) in _modules().items():
        columns = _Columns(data)
        expected = Counter(
            (n.end_lineno, columns.of(n.end_lineno or 0, n.end_col_offset or 0))
            for n in ast.walk(parse(data))
            if isinstance(n, ast.Call)
        )
        found = Counter(n.at[2:] for n in _nodes(module) if isinstance(n, ir.Call))
        assert found == expected, name


def test_characters_count_not_bytes() -> None:
    _, module = facts("größe = f('ä')(g('€'))\n")
    calls = [n.at for n in _nodes(module) if isinstance(n, ir.Call)]
    assert sorted(calls) == [(1, 9, 1, 15), (1, 9, 1, 23), (1, 16, 1, 22)]


def _nodes(module: ir.Module) -> Iterator[object]:
    for statement in module.body:
        yield from walk(statement)


def _our_places(module: ir.Module) -> Iterator[tuple[str, int, int]]:
    for node in _nodes(module):
        at = getattr(node, "at", None)
        if at is not None and not (isinstance(node, ir.Alias) and node.name == "*"):
            yield type(node).__name__, at[0], at[1]


class _Columns:
    """Python counts columns in bytes of UTF-8, from 0; we count characters, from 1."""

    def __init__(self, data: bytes) -> None:
        self._text = data.decode(_encoding(data))
        self._lines = self._text.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    def of(self, line: int, offset: int) -> int:
        text = self._lines[line - 1]
        if line == 1:
            text = text.removeprefix("\ufeff")
        return len(text.encode()[:offset].decode(errors="ignore")) + 1


def _encoding(data: bytes) -> str:
    return tokenize.detect_encoding(io.BytesIO(data).readline)[0]


def _python_places(data: bytes) -> Iterator[tuple[str, int, int]]:
    columns = _Columns(data)
    for node in ast.walk(parse(data)):
        if isinstance(node, ast.alias) and node.name == "*":
            continue  # ours is where the statement is
        if isinstance(node, _PLACED) and not isinstance(node, _UNPLACED):
            kind = _STATEMENTS.get(type(node), type(node).__name__)
            yield kind, node.lineno, columns.of(node.lineno, node.col_offset)
