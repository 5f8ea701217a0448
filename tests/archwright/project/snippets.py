"""Projects from text, for tests that ask about a few lines of code."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

from archwright.contracts.language import Topologies
from archwright.facts.store import FactStore
from archwright.project.analysis import Analysis
from archwright.project.project import build_project


def analyse(files: Mapping[str, str] | str) -> Analysis:
    """The analysis of *files*: text by path below the root, or the text of a lone ``m.py``."""
    texts = {"m.py": files} if isinstance(files, str) else files
    contents = {path: dedent(text).encode() for path, text in texts.items()}
    named = [(path, *_module(path)) for path in sorted(contents)]
    project = build_project(named, contents.__getitem__, Topologies(()), FactStore(None, jobs=1))
    return Analysis(project)


def _module(path: str) -> tuple[str, bool]:
    parts = path.removesuffix(".py").split("/")
    is_package = parts[-1] == "__init__"
    return ".".join(parts[:-1] if is_package else parts), is_package
