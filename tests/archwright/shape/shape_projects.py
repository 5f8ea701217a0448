"""Small code bases for tests of shapes."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

from archwright.contracts.language import Topologies
from archwright.facts import ir
from archwright.facts.store import FactStore
from archwright.project.analysis import Analysis
from archwright.project.project import build_project
from archwright.project.shapes.typesets import type_name
from archwright.project.types.values import UNKNOWN, Values


def analyse(modules: Mapping[str, str]) -> Analysis:
    """The analysis of modules given by dotted name."""
    texts = {f"{name.replace('.', '/')}.py": dedent(code).encode() for name, code in modules.items()}
    files = [(f"{name.replace('.', '/')}.py", name, False) for name in modules]
    return Analysis(build_project(files, texts.__getitem__, Topologies(()), FactStore(None)))


def types_in(annotation: str, prelude: str = "") -> set[str]:
    """The types an annotation speaks of; a question mark for what is not told."""
    analysis = analyse({"app": f"{dedent(prelude)}\n\ndef f(x: {annotation}): ...\n"})
    scope = analysis.inference.index("app").scopes["f"]
    return names(analysis.shapes.types.of(scope.params[0].annotation, scope))


def returned(code: str, function: str = "f") -> set[str]:
    """What the results of a function hold, by where they come from."""
    analysis = analyse({"app": code})
    scope = analysis.inference.index("app").scopes[function]
    held = [values for _, _, values in analysis.shapes.origins.returned(scope)]
    return names(frozenset().union(*held))


def names(values: Values) -> set[str]:
    """The names of the types of *values*."""
    return {"?" if value == UNKNOWN else type_name(value) for value in values}


def parameter(name: str, kind: str = "arg", default: ir.Expr | None = None) -> ir.Param:
    """A parameter."""
    return ir.Param(name, kind, None, default)
