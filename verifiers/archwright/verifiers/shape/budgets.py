"""Budgets: how large modules, classes and functions may be. What exceeds one is named, with its reason, or shrinks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from archwright.contracts.language import NOWHERE, Located, Problem
from archwright.facts import ir
from archwright.facts.walk import walk_own
from archwright.model import CheckResult, Location
from archwright.project.analysis import Analysis
from archwright.project.code import Scope
from archwright.verifiers.shape.shape import (
    DefinitionContract,
    classes,
    functions,
    parameters,
    selected_modules,
)
from archwright.verifiers.tally import Tally

Measure = Literal[
    "module-lines", "module-functions", "methods", "fields", "parameters", "branches", "function-lines"
]


class Allowance(msgspec.Struct, frozen=True, kw_only=True):
    """One definition that may be larger, for a reason."""

    symbol: Annotated[Located, Meta(description="name the module, class or function")]
    measure: Annotated[Measure, Meta(description="say which budget it may exceed")]
    limit: Annotated[int, Meta(description="give its own budget")]
    reason: Annotated[Located, Meta(description="say why it is better large")]
    origin: Location = NOWHERE


class BudgetsContract(DefinitionContract, frozen=True, kw_only=True):
    """Upper limits of what can be counted."""

    module_lines: Annotated[int | None, Meta(description="Lines of a module")] = None
    module_functions: Annotated[int | None, Meta(description="Functions at the top level of a module")] = None
    methods: Annotated[
        int | None, Meta(description="Public methods of a class, inherited ones of this code base included")
    ] = None
    fields: Annotated[
        int | None, Meta(description="Annotated fields of a class, inherited ones included")
    ] = None
    parameters: Annotated[
        int | None, Meta(description="Parameters of a function, without the receiver of a method")
    ] = None
    branches: Annotated[
        int | None,
        Meta(
            description="Ways through a function: 1, and 1 for each if, loop, handler, case, and, or, conditional"
        ),
    ] = None
    function_lines: Annotated[int | None, Meta(description="Lines of a function")] = None
    allowances: Annotated[
        tuple[Allowance, ...], Meta(description="Definitions with a larger budget of their own, and why")
    ] = ()

    def problems(self) -> Iterator[Problem]:
        """A contract without a budget."""
        if not _limits(self):
            message = f'contract "{self.id}" limits nothing'
            yield Problem(
                self.origin, message, 'give "module_lines", "methods", "parameters", "branches", ...'
            )


class _Measured(NamedTuple):
    measure: Measure
    name: str
    value: int
    what: str
    at: Location


def check_budgets(contract: BudgetsContract, analysis: Analysis) -> CheckResult:
    """Measures everything the contract means; an allowance that nothing needs any more is a finding, too."""
    tally = Tally(contract)
    limits = _limits(contract)
    used: set[int] = set()
    for found in _measured(contract, analysis):
        limit = limits[found.measure]
        position = next((i for i, a in enumerate(contract.allowances) if _allows(a, found)), None)
        if found.value > limit and position is not None:
            used.add(position)
            limit = contract.allowances[position].limit
        if found.value <= limit:
            tally.passed()
        else:
            message = (
                f"`{found.name}` has {found.value} {found.what}, {found.value - limit} more than {limit}"
            )
            tally.failed(f"too-many-{found.measure}", (found.name,), message, found.at)
    for position, allowance in enumerate(contract.allowances):
        if position not in used:
            message = f"nothing needs the allowance of {allowance.measure} for `{allowance.symbol}` any more"
            tally.failed(
                "allowance-not-needed", (str(allowance.symbol), allowance.measure), message, allowance.origin
            )
    return tally.result()


def _limits(contract: BudgetsContract) -> dict[str, int]:
    limits = {
        "module-lines": contract.module_lines,
        "module-functions": contract.module_functions,
        "methods": contract.methods,
        "fields": contract.fields,
        "parameters": contract.parameters,
        "branches": contract.branches,
        "function-lines": contract.function_lines,
    }
    return {measure: limit for measure, limit in limits.items() if limit is not None}


def _allows(allowance: Allowance, found: _Measured) -> bool:
    return allowance.measure == found.measure and allowance.symbol == found.name


def _measured(contract: BudgetsContract, analysis: Analysis) -> Iterator[_Measured]:
    limits = _limits(contract)
    if limits.keys() & {"module-lines", "module-functions"}:
        yield from _modules(contract, limits, analysis)
    if limits.keys() & {"methods", "fields"}:
        yield from _classes(contract, limits, analysis)
    if limits.keys() & {"parameters", "branches", "function-lines"}:
        yield from _functions(contract, limits, analysis)


def _modules(contract: BudgetsContract, limits: dict[str, int], analysis: Analysis) -> Iterator[_Measured]:
    project = analysis.project
    for module in selected_modules(contract.units, analysis):
        summary = project.summary(module)
        if not summary.has_code:
            continue
        at = Location(project.file(module).path, 1)
        if "module-lines" in limits:
            yield _Measured("module-lines", module, summary.lines, "lines", at)
        if "module-functions" in limits:
            names = {
                d.qualname for d in summary.definitions if d.kind == "function" and "." not in d.qualname
            }
            if contract.visibility == "public":
                names = {name for name in names if not name.startswith("_")}
            yield _Measured("module-functions", module, len(names), "functions", at)


def _classes(contract: BudgetsContract, limits: dict[str, int], analysis: Analysis) -> Iterator[_Measured]:
    for found in classes(contract, analysis):
        if "methods" in limits:
            methods = [m for m in analysis.inference.classes.methods(found.name) if not m.startswith("_")]
            yield _Measured("methods", found.name, len(methods), "public methods", found.at)
        if "fields" in limits:
            fields = analysis.shapes.types.fields(found.name)
            yield _Measured("fields", found.name, len(fields), "fields", found.at)


def _functions(contract: BudgetsContract, limits: dict[str, int], analysis: Analysis) -> Iterator[_Measured]:
    for found in functions(contract, analysis):
        scope, node = found.scope, found.scope.node
        if "parameters" in limits:
            yield _Measured("parameters", found.name, len(parameters(scope)), "parameters", found.at)
        if "branches" in limits:
            yield _Measured("branches", found.name, _branches(scope), "ways through it", found.at)
        if "function-lines" in limits and node is not None:
            yield _Measured("function-lines", found.name, node.at[2] - node.at[0] + 1, "lines", found.at)


def _branches(scope: Scope) -> int:
    ways = 1
    for node in walk_own(scope.body):
        if isinstance(node, ir.If | ir.While | ir.For | ir.Handler | ir.IfExp | ir.BoolOp | ir.Assert):
            ways += 1
        elif isinstance(node, ir.Case):
            ways += not node.irrefutable
        elif isinstance(node, ir.Clause):
            ways += 1 + len(node.ifs)
    return ways
