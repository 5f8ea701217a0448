"""Docstrings: definitions somebody else uses say what they do."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from archwright.facts import ir
from archwright.model import CheckResult, Location
from archwright.project.analysis import Analysis
from archwright.project.code import Scope
from archwright.verifiers.bodies import SelectedBodies, qualified
from archwright.verifiers.declarations.declarations import DeclarationsContract
from archwright.verifiers.shape.shape import is_public
from archwright.verifiers.tally import Tally

Documented = Literal["module", "class", "function", "method"]
_STATED = ("overload", "setter", "deleter")


class DocstringsContract(DeclarationsContract, frozen=True, kw_only=True):
    """Public definitions have docstrings. A method that takes the place of a documented one has that one's."""

    what: Annotated[tuple[Documented, ...], Meta(description="say which: module, class, function, method")]
    words: Annotated[int, Meta(description="How many words each has, at least")] = 2


def check_docstrings(contract: DocstringsContract, analysis: Analysis) -> CheckResult:
    """Judges every public definition of the kinds asked for; Python's own double-underscore methods need none."""
    tally = Tally(contract)
    for module, qualname in SelectedBodies(contract.units, analysis).all():
        index = analysis.inference.index(module)
        scope = index.scopes.get(qualname) if qualname else index.root
        if scope is None or not _asked(scope, contract, analysis):
            continue
        text = docstring(scope)
        name = qualified((module, qualname))
        if text is None and _inherits(scope, analysis):
            tally.passed()
        elif text is None or len(text.split()) < contract.words:
            problem = (
                "has no docstring" if text is None else f"has a docstring of less than {contract.words} words"
            )
            path = analysis.project.file(module).path
            line, column = (scope.node.at[0], scope.node.at[1]) if scope.node is not None else (1, 1)
            tally.failed("missing-docstring", (name,), f"`{name}` {problem}", Location(path, line, column))
        else:
            tally.passed()
    return tally.result()


def docstring(scope: Scope) -> str | None:
    """The string a body begins with; None when it begins with none."""
    first = scope.body[0] if scope.body else None
    if isinstance(first, ir.ExprStmt) and isinstance(first.value, ir.Str):
        return first.value.value.strip() or None
    return None


def _asked(scope: Scope, contract: DocstringsContract, analysis: Analysis) -> bool:
    if scope.kind == "module":
        return "module" in contract.what and analysis.project.summary(scope.module).has_code
    name = scope.qualname.rpartition(".")[2]
    if not is_public(scope) or name.startswith("__"):
        return False
    if scope.kind == "class":
        return "class" in contract.what
    if any(scope.decorated(mark) for mark in _STATED):
        return False
    return ("method" if scope.owner is not None else "function") in contract.what


def _inherits(scope: Scope, analysis: Analysis) -> bool:
    """Whether a method takes the place of one, in a base, that has a docstring."""
    if scope.owner is None:
        return False
    classes = analysis.inference.classes
    name = scope.qualname.rpartition(".")[2]
    for base in classes.lineage(scope.owner.qualified)[1:]:
        if classes.known(base) and classes.defines(base, name):
            module, qualname = classes.locate(base)
            above = analysis.inference.index(module).scopes.get(f"{qualname}.{name}")
            if above is not None and docstring(above) is not None:
                return True
        elif not classes.known(base) and base not in ("builtins.object", "typing.Protocol"):
            return True  # a base of another package, which documents what it asks for
    return False
