"""The pages about the governed system, read back and compared with the running code by introspection."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from archwright.docs.sources import Sources
from archwright.docs.templates import Templates
from archwright.docs.topology_pages import topology_pages
from archwright.gate.codebase import open_code_base
from archwright.gate.run import judge
from archwright.verifiers.catalogue import KINDS

ROOT = Path(__file__).parents[3]
PAGES = ("topology/analytics/L5.md", "topology/analytics/L6.md")
TABLES = {
    "Classes": "| Name | Methods | Docstring |",
    "Functions": "| Name | Signature | Async | Docstring |",
    "Imports": "| Module | Names | Relative | When |",
}
WIRING = (
    "**Contract:** ",
    "**SHOULD call:** ",
    "**MUST NOT call:** ",
    "**Called by:** ",
    "**Actual callers:** ",
)
_ROW = re.compile(r"(?<!\\)\|")


@cache
def pages() -> dict[str, str]:
    code_base = open_code_base(ROOT, kinds=KINDS, cache_dir=ROOT / ".archwright_cache")
    sources = Sources(code_base, judge(code_base, only=()), "reports")
    return {page.path: page.text for page in topology_pages(sources, Templates()) if page.path in PAGES}


def files(page: str) -> dict[str, str]:
    """Path of a file -> its part of the page."""
    parts = pages()[page].split("\n---\n")[1:]
    found = {}
    for part in parts:
        match = re.search(r"\*\*Path:\*\* \[`(?P<path>[^`]+)`\]", part)
        assert match is not None
        found[match["path"]] = part
    return found


def rows(part: str, section: str) -> list[list[str]]:
    """Cells of the table in *section*, unescaped."""
    table = part.partition(f"### {section}\n")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip().replace("\\|", "|") for cell in _ROW.split(line)[1:-1]] for line in table]


@pytest.mark.parametrize("page", PAGES)
def test_the_head_is_that_of_a_layer_listing(page: str) -> None:
    text = pages()[page]
    layer = page.partition("/analytics/")[2].removesuffix(".md")
    count = len(
        list(
            (ROOT / f"src/app/hoc/cus/analytics/{layer}_{'engines' if layer == 'L5' else 'drivers'}").glob(
                "*.py"
            )
        )
    )
    assert re.search(rf"^# Analytics — {layer} \w+ \({count} files\)$", text, re.MULTILINE)
    for key in ("**Domain:** analytics", f"**Layer:** {layer}", "**Reference:** ", "**Layer Contract:** "):
        assert re.search(rf"^{re.escape(key)}", text, re.MULTILINE), key


@pytest.mark.parametrize("page", PAGES)
def test_every_file_has_every_section_with_its_columns(page: str) -> None:
    for path, part in files(page).items():
        assert f"## {path.rpartition('/')[2]}\n" in part
        lines = len((ROOT / path).read_text().splitlines())
        assert re.search(rf"\| \*\*Domain:\*\* analytics \| \*\*Lines:\*\* {lines}$", part, re.MULTILINE), (
            path
        )
        for section, header in TABLES.items():
            if f"### {section}\n" in part:
                assert part.partition(f"### {section}\n")[2].startswith(header)
        wiring = part.partition("### Prescriptive Wiring\n")[2]
        assert [key for key in WIRING if key in wiring] == list(WIRING)


@pytest.mark.parametrize("page", PAGES)
def test_what_is_listed_is_what_the_running_code_has(page: str) -> None:
    checked = 0
    for path, part in files(page).items():
        module = importlib.import_module(
            path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        )
        functions = {r[0].strip("`"): r for r in rows(part, "Functions")} if "### Functions" in part else {}
        classes = {r[0].strip("`"): r for r in rows(part, "Classes")} if "### Classes" in part else {}
        assert set(functions) == {n for n, _ in _own(module, inspect.isfunction)}, path
        assert set(classes) == {n for n, _ in _own(module, inspect.isclass)}, path
        for name, row in functions.items():
            function = inspect.unwrap(getattr(module, name))
            assert (row[2] == "yes") is _is_async(function), name
            assert row[3] == _first_paragraph(function.__doc__), name
            assert _parameters(row[1].strip("`")) == _introspected(function), name
            checked += 1
        for name, row in classes.items():
            assert set(filter(None, row[1].split(", "))) == _methods(getattr(module, name)), name
            checked += 1
        if "### `__all__`" in part:
            listed = part.partition("### `__all__`\n")[2].partition("\n\n")[0]
            assert re.findall(r"`(\w+)`", listed) == list(module.__all__)
        for name in re.findall(r"`(\w+)`", part.partition("### Constants\n")[2].partition("\n\n")[0]):
            assert hasattr(module, name), name
    assert checked > 60


def _own(module: ModuleType, kind: object) -> list[tuple[str, object]]:
    return [
        (name, found)
        for name, found in vars(module).items()
        if kind(inspect.unwrap(found) if callable(found) else found)  # type: ignore[operator]  # inspect's predicates
        and found.__module__ == module.__name__
        and found.__name__ == name
    ]


def _is_async(function: object) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


def _first_paragraph(docstring: str | None) -> str:
    return " ".join((docstring or "").strip().partition("\n\n")[0].split())


def _methods(cls: type) -> set[str]:
    """Functions, properties and the like written in the class; what decorators add to a record is not."""
    source = ast.parse(inspect.getsource(cls))  # a class at module level
    (node,) = [n for n in ast.walk(source) if isinstance(n, ast.ClassDef) and n.name == cls.__name__]
    written = {n.name for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert written <= set(vars(cls)), cls
    return written


def _parameters(signature: str) -> list[tuple[str, str]]:
    (node,) = ast.parse(f"def f{signature}: ...").body
    assert isinstance(node, ast.FunctionDef)
    found = [(a.arg, "positional-only") for a in node.args.posonlyargs]
    found += [(a.arg, "positional or keyword") for a in node.args.args]
    found += [(node.args.vararg.arg, "variadic positional")] if node.args.vararg else []
    found += [(a.arg, "keyword-only") for a in node.args.kwonlyargs]
    return found + ([(node.args.kwarg.arg, "variadic keyword")] if node.args.kwarg else [])


def _introspected(function: object) -> list[tuple[str, str]]:
    parameters = inspect.signature(function).parameters.values()  # type: ignore[arg-type]  # a function
    return [(p.name, p.kind.description) for p in parameters]
