"""Contents: what modules consist of. Declarative modules hold data, shims hand names on, and neither decides anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta

from archwright.contracts.language import Selector, Subject, SymbolPattern
from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.model import CheckResult
from archwright.project.analysis import Analysis
from archwright.project.code import Scope
from archwright.project.types.values import called_names
from archwright.verifiers.shape.shape import ShapeContract, selected_modules
from archwright.verifiers.tally import Tally

_TYPE_MAKERS = frozenset(
    f"{home}.{name}"
    for home in ("typing", "typing_extensions")
    for name in ("NewType", "ParamSpec", "TypeVar", "TypeVarTuple", "TypeAliasType")
)
Part = Literal["imports", "exports", "constants", "calls", "classes", "methods", "functions", "statements"]
_NOUN = {
    "imports": "an import",
    "exports": "`__all__`",
    "constants": "a constant",
    "calls": "a call",
    "classes": "a class",
    "methods": "a method",
    "functions": "a function",
    "statements": "a statement that does something",
}


class ContentsContract(ShapeContract, frozen=True, kw_only=True):
    """What modules may consist of, at top level and in their classes."""

    allow: Annotated[
        tuple[Part, ...],
        Meta(
            description="say what they may hold: imports, exports, constants, calls, classes, methods, functions, statements"
        ),
    ]
    calls: Annotated[Selector | None, Meta(description="Of calls only these, e.g. {call: warnings.warn}")] = (
        None
    )
    methods: Annotated[
        tuple[SymbolPattern, ...],
        Meta(description="Methods that may be there although methods may not: __post_init__"),
    ] = ()


class _Held(NamedTuple):
    part: Part
    name: str
    at: ir.Span


def check_contents(contract: ContentsContract, analysis: Analysis) -> CheckResult:
    """Judges every module with code; docstrings and what only types need are free."""
    tally = Tally(contract)
    project = analysis.project
    for module in selected_modules(contract.units, analysis):
        if not project.summary(module).has_code:
            continue
        root = analysis.inference.index(module).root
        wrong = [held for held in _contents(root.body, root, analysis, "") if not _allowed(held, contract)]
        for held in wrong:
            name = f"{module}.{held.name}" if held.name else module
            message = f"`{module}` holds {_NOUN[held.part]}{f' `{held.name}`' if held.name else ''}"
            tally.failed(f"holds-{held.part}", (module, name), message, project.at(module, held.at))
        if not wrong:
            tally.passed()
    return tally.result()


def _allowed(held: _Held, contract: ContentsContract) -> bool:
    if held.part == "calls" and contract.calls is not None:
        return contract.calls.matches(Subject(call=held.name))
    if held.part == "methods" and any(
        p.match(held.name.rpartition(".")[2]) is not None for p in contract.methods
    ):
        return True
    return held.part in contract.allow


def _contents(body: tuple[ir.Stmt, ...], scope: Scope, analysis: Analysis, cls: str) -> Iterator[_Held]:
    for node in body:
        if isinstance(node, ir.Import | ir.ImportFrom):
            yield _Held("imports", "", node.at)
        elif isinstance(node, ir.FunctionDef):
            yield _Held("methods" if cls else "functions", f"{cls}{node.name}", node.at)
        elif isinstance(node, ir.ClassDef):
            yield _Held("classes", f"{cls}{node.name}", node.at)
            yield from _contents(node.body, scope, analysis, f"{cls}{node.name}.")
        elif isinstance(node, ir.Assign | ir.AnnAssign | ir.AugAssign | ir.TypeAlias):
            yield from _assignment(node, scope, analysis, cls)
        elif isinstance(node, ir.ExprStmt):
            if not isinstance(node.value, ir.Str | ir.Const):
                yield from _expression(node.value, node.at, scope, analysis)
        elif isinstance(node, ir.If) and (ir.dotted(node.test) or "").endswith("TYPE_CHECKING"):
            yield from _contents(node.orelse, scope, analysis, cls)
        elif isinstance(node, ir.Try):
            parts = (*node.body, *(s for h in node.handlers for s in h.body), *node.orelse, *node.final)
            yield from _contents(parts, scope, analysis, cls)
        else:
            yield _Held("statements", "", getattr(node, "at", (1, 1, 1, 1)))


def _assignment(
    node: ir.Assign | ir.AnnAssign | ir.AugAssign | ir.TypeAlias, scope: Scope, analysis: Analysis, cls: str
) -> Iterator[_Held]:
    if isinstance(node, ir.TypeAlias):
        return
    targets = node.targets if isinstance(node, ir.Assign) else (node.target,)
    name = ir.dotted(targets[0]) or ""
    if name == "__all__":
        yield _Held("exports", "", node.at)
        return
    functions = [n for n in walk(node.value) if isinstance(n, ir.Lambda)] if node.value is not None else []
    if functions:
        yield _Held("methods" if cls else "functions", f"{cls}{name}", node.at)
    elif node.value is not None and not cls and _computes(node.value, scope, analysis):
        yield from _expression(node.value, node.at, scope, analysis)
    elif not cls:
        yield _Held("constants", name, node.at)


def _computes(expr: ir.Expr, scope: Scope, analysis: Analysis) -> bool:
    """Whether a value comes out of a call; one that only makes a type does not count."""
    calls = [n for n in walk(expr) if isinstance(n, ir.Call)]
    return any(not called_names(analysis.inference.callees(c, scope)) & _TYPE_MAKERS for c in calls)


def _expression(expr: ir.Expr, at: ir.Span, scope: Scope, analysis: Analysis) -> Iterator[_Held]:
    calls = [n for n in walk(expr) if isinstance(n, ir.Call)]
    for call in calls:
        names = sorted(called_names(analysis.inference.callees(call, scope)))
        yield _Held("calls", names[0] if names else "", call.at)
    if not calls:
        yield _Held("statements", "", at)
