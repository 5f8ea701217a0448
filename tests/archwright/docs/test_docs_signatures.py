"""Signatures on pages say what Python itself reads in the source."""

from __future__ import annotations

import ast
import sysconfig
from pathlib import Path

import pytest

from archwright.docs.signatures import signature, value
from archwright.facts import ir
from archwright.facts.store import FactStore, content_key
from archwright.facts.walk import walk

STDLIB = Path(sysconfig.get_paths()["stdlib"])
MODULES = (
    "argparse.py",
    "dataclasses.py",
    "asyncio/base_events.py",
    "statistics.py",
    "typing.py",
    "email/message.py",
)


@pytest.mark.parametrize("name", MODULES)
def test_every_signature_of_a_real_module_is_whole(name: str) -> None:
    source = (STDLIB / name).read_bytes()
    store = FactStore(None, jobs=1)
    store.load({content_key(source): source})
    ours = {
        (function.at[0], function.name): signature(function)
        for function in walk(store.module(content_key(source)))
        if isinstance(function, ir.FunctionDef)
    }
    theirs = {
        (node.lineno, node.name): node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert len(theirs) > 20
    assert {name for _, name in ours} == {name for _, name in theirs}
    for place, node in theirs.items():
        (parsed,) = ast.parse(f"def {node.name}{ours[place]}: ...").body
        assert isinstance(parsed, ast.FunctionDef)
        assert ast.dump(_plain(parsed.args)) == ast.dump(_plain(node.args)), place
        assert _dump(parsed.returns) == _dump(node.returns), place


def test_long_constants_are_told_by_their_size() -> None:
    assert value(_expression("{" + ", ".join(f"{n}: {n}" for n in range(99)) + "}")) == "{… 99 entries}"
    assert value(_expression("(" + "1000000, " * 30 + ")")) == "tuple of 30"
    assert value(_expression("0.4")) == "0.4"
    assert value(_expression("'" + "x" * 200 + "'")).endswith("…")


def _expression(text: str) -> ir.Expr:
    store = FactStore(None, jobs=1)
    source = f"{text}\n".encode()
    store.load({content_key(source): source})
    (statement,) = store.module(content_key(source)).body
    assert isinstance(statement, ir.ExprStmt)
    return statement.value


def _plain(arguments: ast.arguments) -> ast.AST:
    """Quoted annotations are read as what they quote; docstring-like constants stay."""
    for node in ast.walk(arguments):
        if isinstance(node, ast.arg) and isinstance(node.annotation, ast.Constant):
            node.annotation = ast.parse(str(node.annotation.value), mode="eval").body
    return arguments


def _dump(annotation: ast.expr | None) -> str:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        annotation = ast.parse(annotation.value, mode="eval").body
    return "" if annotation is None else ast.dump(annotation)
