"""Small code bases for tests of effects."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from archwright.contracts.language import Topologies
from archwright.facts import ir
from archwright.facts.store import FactStore
from archwright.project.analysis import Analysis
from archwright.project.effects.effects import Label
from archwright.project.effects.facts import EffectSite
from archwright.project.project import build_project
from archwright.project.types.values import Values


def analysis_of(modules: Mapping[str, str]) -> Analysis:
    """An analysis of modules given by dotted name."""
    texts = {f"{name.replace('.', '/')}.py": textwrap.dedent(code).encode() for name, code in modules.items()}
    files = [(f"{name.replace('.', '/')}.py", name, False) for name in modules]
    return Analysis(build_project(files, texts.__getitem__, Topologies(()), FactStore(None)))


def sites_of(code: str, function: str = "f") -> list[EffectSite]:
    """The effect sites in one function's own body."""
    return list(analysis_of({"app": code}).effects.of(("app", function)).sites)


def effects_of(code: str, function: str = "f") -> list[str]:
    """The effects in one function's own body, in order; a question mark behind what is only possible."""
    return [
        " or ".join(map(str, site.effects)) + ("" if site.certain else "?")
        for site in sites_of(code, function)
        if site.effects
    ]


def reached_from(modules: Mapping[str, str], function: str = "f") -> list[str]:
    """The effects of *function* of ``app`` through everything it makes run; a question mark behind what is only possible."""
    analysis = analysis_of(modules)
    scopes = analysis.inference.index("app").scopes
    key = ("app", next(name for name in scopes if name.rpartition(".")[2] == function))
    found = analysis.effects.witnesses(
        [key], lambda _, edge: True, lambda site: [Label(e.name, site.certain) for e in site.effects]
    )
    return sorted({w.label.name + ("" if w.label.certain else "?") for w in found[key]})


def value_of(code: str, name: str, function: str = "f") -> Values:
    """What *name* stands for at the end of a function."""
    analysis = analysis_of({"app": code})
    scope = analysis.inference.index("app").scopes[function]
    return analysis.inference.evaluate(ir.Name(name), scope)
