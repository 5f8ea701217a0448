"""Names: how definitions of each kind are called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta

from archwright.contracts.language import Located, Problem
from archwright.facts import ir
from archwright.model import CheckResult, Location
from archwright.project.analysis import Analysis
from archwright.project.code import Scope
from archwright.verifiers.bodies import SelectedBodies, qualified
from archwright.verifiers.shape.shape import DefinitionContract, defined, is_public, parameters
from archwright.verifiers.tally import Tally

NamedKind = Literal["class", "function", "method", "parameter", "field", "member", "constant"]
Case = Literal["snake", "pascal", "upper"]
_CASES = {
    "snake": re.compile(r"_{0,2}[a-z0-9]+(_[a-z0-9]+)*_{0,2}"),
    "pascal": re.compile(r"_?([A-Z][A-Za-z0-9]*)"),
    "upper": re.compile(r"_?[A-Z0-9]+(_[A-Z0-9]+)*"),
}
_ENUMS = ("enum.", "aenum.")


class NamesContract(DefinitionContract, frozen=True, kw_only=True):
    """Definitions of certain kinds have names of a certain form. Members are those of enumerations."""

    what: Annotated[
        tuple[NamedKind, ...], Meta(description="say what is named: class, function, method, field, ...")
    ]
    case: Annotated[Case | None, Meta(description="How the name is written")] = None
    match: Annotated[Located | None, Meta(description="A regular expression for the whole name")] = None
    forbid: Annotated[Located | None, Meta(description="A regular expression for names that are banned")] = (
        None
    )

    def problems(self) -> Iterator[Problem]:
        """A contract that demands nothing, or an expression that is none."""
        if self.case is None and self.match is None and self.forbid is None:
            yield Problem(
                self.origin, f'contract "{self.id}" demands nothing', 'give "case", "match" or "forbid"'
            )
        for expression in (self.match, self.forbid):
            if expression is not None:
                try:
                    re.compile(expression)
                except re.error as error:
                    message = f'"{expression}" is no regular expression: {error}'
                    yield Problem(expression.origin, message, "write one in Python's notation")


class _Named(NamedTuple):
    kind: NamedKind
    name: str
    qualified: str
    at: Location


def check_names(contract: NamesContract, analysis: Analysis) -> CheckResult:
    """Judges every name of the kinds asked for; names with two leading and trailing underscores are Python's."""
    tally = Tally(contract)
    match = re.compile(contract.match) if contract.match else None
    forbid = re.compile(contract.forbid) if contract.forbid else None
    for found in _named(contract, analysis):
        if found.kind not in contract.what or found.name.startswith("__"):
            continue
        if contract.case is not None and not _CASES[contract.case].fullmatch(found.name):
            problem = f"is not written in {contract.case} case"
        elif match is not None and not match.fullmatch(found.name):
            problem = f"does not match `{contract.match}`"
        elif forbid is not None and forbid.fullmatch(found.name):
            problem = f"matches the banned `{contract.forbid}`"
        else:
            tally.passed()
            continue
        message = f"the name of the {found.kind} `{found.qualified}` {problem}"
        tally.failed("misnamed", (found.qualified,), message, found.at)
    return tally.result()


def _named(contract: NamesContract, analysis: Analysis) -> Iterator[_Named]:
    for module, qualname in SelectedBodies(contract.units, analysis).all():
        index = analysis.inference.index(module)
        scope = index.scopes.get(qualname) if qualname else index.root
        if scope is not None and (not qualname or contract.visibility == "all" or is_public(scope)):
            yield from _names_of(scope, contract, analysis)


def _names_of(scope: Scope, contract: NamesContract, analysis: Analysis) -> Iterator[_Named]:
    here = defined(scope, analysis)
    name = here.name.rpartition(".")[2]
    if scope.kind == "function":
        yield _Named("method" if scope.owner is not None else "function", name, here.name, here.at)
        for param in parameters(scope):
            yield _Named("parameter", param.name, f"{here.name}.{param.name}", here.at)
        return
    if scope.kind == "class":
        yield _Named("class", name, here.name, here.at)
    kind: NamedKind = "constant"
    if scope.kind == "class":
        lineage = analysis.inference.classes.lineage(here.name)
        kind = "member" if any(base.startswith(_ENUMS) for base in lineage) else "field"
    for bound, bindings in scope.names.bound.items():
        how = bindings[0]
        if how.kind != "assign" or (contract.visibility == "public" and bound.startswith("_")):
            continue
        if kind == "constant" and not isinstance(
            how.value, ir.Const | ir.Num | ir.Str | ir.Seq | ir.Dict | ir.FString
        ):
            continue
        at = getattr(how.node, "at", None)
        where = Location(here.at.path, at[0], at[1]) if at else here.at
        yield _Named(kind, bound, f"{qualified((scope.module, scope.qualname))}.{bound}", where)
