"""Projects from text, with what they store."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

from archwright.contracts.language import Topologies
from archwright.facts.store import FactStore
from archwright.project.analysis import Analysis
from archwright.project.project import build_project
from archwright.project.storage.migrations import History


def analyse(files: Mapping[str, str]) -> Analysis:
    """The analysis of *files*: text by path."""
    contents = {path: dedent(text).encode() for path, text in files.items()}
    named = [(path, path.removesuffix(".py").replace("/", "."), False) for path in sorted(contents)]
    project = build_project(named, contents.__getitem__, Topologies(()), FactStore(None, jobs=1))
    return Analysis(project)


def replay(upgrade: str, downgrade: str = "pass", dialect: str = "sqlite") -> History:
    """One migration with these bodies, replayed."""
    lines = [
        "import sqlalchemy as sa",
        "from alembic import op",
        "",
        "revision = 'r1'",
        "down_revision = None",
        "",
    ]
    for name, body in (("upgrade", upgrade), ("downgrade", downgrade)):
        lines += ["", f"def {name}():", *(f"    {line}" for line in dedent(body).strip().splitlines()), ""]
    return analyse({"versions/r1.py": "\n".join(lines)}).storage.history(["versions.r1"], dialect)
