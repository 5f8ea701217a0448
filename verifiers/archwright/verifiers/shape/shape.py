"""What all shape contracts have in common: which definitions they are about, and where those stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta

from archwright.contracts.language import Contract, Selector, Subject
from archwright.facts import ir
from archwright.model import Location
from archwright.project.analysis import Analysis
from archwright.project.code import Scope
from archwright.verifiers.bodies import SelectedBodies, qualified

Visibility = Literal["public", "all"]


class ShapeContract(Contract, frozen=True, kw_only=True):
    """Contracts about how modules, classes and functions look from outside."""

    rule: str
    units: Annotated[Selector, Meta(description="say which modules, classes or functions are meant")]


class DefinitionContract(ShapeContract, frozen=True, kw_only=True):
    """Shape contracts about functions or classes."""

    visibility: Annotated[
        Visibility,
        Meta(description="public: without names that begin with an underscore, or inside functions"),
    ] = "public"


class Defined(NamedTuple):
    """A function or class."""

    scope: Scope
    name: str
    """Its full dotted name."""
    at: Location
    """Of its first line."""


def functions(contract: DefinitionContract, analysis: Analysis) -> Iterator[Defined]:
    """The functions and methods a contract means; overload declarations are what their implementation is."""
    for found in _defined(contract, analysis):
        if found.scope.kind == "function" and not found.scope.decorated("overload"):
            yield found


def classes(contract: DefinitionContract, analysis: Analysis) -> Iterator[Defined]:
    """The classes a contract means."""
    return (found for found in _defined(contract, analysis) if found.scope.kind == "class")


def classes_named(selector: Selector, analysis: Analysis) -> frozenset[str]:
    """The full names of the classes a selector means, by name, base or decorator."""
    found: set[str] = set()
    for module, qualname in SelectedBodies(selector, analysis).all():
        name = qualified((module, qualname))
        if qualname and analysis.inference.classes.known(name):
            found.add(name)
    return frozenset(found)


def parameters(scope: Scope) -> tuple[ir.Param, ...]:
    """The parameters a caller gives: without the receiver of a method."""
    if scope.owner is not None and scope.params and not scope.decorated("staticmethod"):
        return scope.params[1:]
    return scope.params


def defined(scope: Scope, analysis: Analysis) -> Defined:
    """A scope that is a function or class, with its name and place."""
    name = qualified((scope.module, scope.qualname))
    if scope.node is None:
        return Defined(scope, name, Location(analysis.project.file(scope.module).path, 1))
    line, column, _, _ = scope.node.at
    return Defined(scope, name, Location(analysis.project.file(scope.module).path, line, column))


def is_public(scope: Scope) -> bool:
    """Whether a definition can be reached by names without leading underscores; names in functions cannot."""
    current: Scope | None = scope
    while current is not None and current.kind != "module":
        name = current.qualname.rpartition(".")[2]
        if name.startswith("_") and not _is_dunder(name):
            return False
        current = current.parent
        if current is not None and current.kind == "function":
            return False
    return True


def selected_modules(selector: Selector, analysis: Analysis) -> list[str]:
    """The modules a selector means."""
    project = analysis.project
    return [m for m in project.modules if selector.matches(Subject(module=m, unit=project.unit(m)))]


def _defined(contract: DefinitionContract, analysis: Analysis) -> Iterator[Defined]:
    for module, qualname in SelectedBodies(contract.units, analysis).all():
        scope = analysis.inference.index(module).scopes.get(qualname) if qualname else None
        if scope is not None and (contract.visibility == "all" or is_public(scope)):
            yield defined(scope, analysis)


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")
