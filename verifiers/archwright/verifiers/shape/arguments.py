"""Arguments: what certain calls must be given, by parameter or under a key of a dictionary they are given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from archwright.contracts.language import NOWHERE, Located, Problem, Selector
from archwright.facts import ir
from archwright.facts.folding import fold
from archwright.model import CheckResult, Location
from archwright.project.analysis import Analysis
from archwright.project.calls.calls import Site
from archwright.project.code import Scope, own_nodes
from archwright.project.shapes.arguments import bind
from archwright.project.shapes.classes import constant_of
from archwright.project.shapes.typesets import meant, type_name
from archwright.project.types.values import UNKNOWN, Value
from archwright.verifiers.bodies import SelectedBodies
from archwright.verifiers.shape.shape import ShapeContract, parameters
from archwright.verifiers.tally import Tally


class ArgumentRule(msgspec.Struct, frozen=True, kw_only=True):
    """What must be given."""

    type: Annotated[Selector | None, Meta(description="The class its value is an instance of")] = None
    origin: Location = NOWHERE


class CallArgumentsContract(ShapeContract, frozen=True, kw_only=True):
    """What calls must be given; ``units`` says whose calls."""

    calls: Annotated[Selector, Meta(description="name what is called: {call: app.registry.execute}")]
    inside: Annotated[
        Located | None,
        Meta(description="The parameter whose dictionary must hold the keys; default: the call itself"),
    ] = None
    require: Annotated[
        Mapping[Located, ArgumentRule], Meta(description="say what must be given: {session: {type: ...}}")
    ] = {}
    forbid: Annotated[tuple[Located, ...], Meta(description="What must not be given")] = ()

    def problems(self) -> Iterator[Problem]:
        """A contract that demands nothing."""
        if not (self.require or self.forbid):
            yield Problem(self.origin, f'contract "{self.id}" demands nothing', 'give "require" or "forbid"')


class _Given(msgspec.Struct, frozen=True):
    """What a call is given, and whether there may be more."""

    values: dict[str, ir.Expr]
    open_ended: bool


def check_call_arguments(contract: CallArgumentsContract, analysis: Analysis) -> CheckResult:
    """Judges every such call in the units by its own arguments, not by those of the function below it."""
    tally = Tally(contract)
    units = SelectedBodies(contract.units, analysis)
    for site in analysis.calls.selected(contract.calls):
        if site.is_call and (site.scope.module, site.scope.qualname) in units:
            _judge(contract, site, analysis, tally)
    return tally.result()


def _judge(contract: CallArgumentsContract, site: Site, analysis: Analysis, tally: Tally) -> None:
    name = site.scope.qualified.split("#")[0]
    at = analysis.project.at(site.scope.module, site.node.at)
    if not site.certain:
        message = f"what `{name}` calls here cannot be told"
        tally.undecided("call-not-told", (name,), message, at)
        return
    given = _given(contract, site, analysis)
    broken = False
    for key, rule in contract.require.items():
        value = given.values.get(key)
        symbols = (name, str(key))
        if value is None:
            broken = True
            if given.open_ended:
                message = f"whether `{name}` gives `{key}` cannot be told"
                tally.undecided("argument-not-told", symbols, message, at)
            else:
                tally.failed("missing-argument", symbols, f"`{name}` does not give `{key}`", at)
        elif rule.type is not None:
            broken = _wrong_type(name, str(key), value, rule.type, site, at, analysis, tally) or broken
    for key in contract.forbid:
        if key in given.values:
            broken = True
            tally.failed("forbidden-argument", (name, str(key)), f"`{name}` gives `{key}`", at)
        elif given.open_ended:
            broken = True
            tally.undecided(
                "argument-not-told", (name, str(key)), f"whether `{name}` gives `{key}` cannot be told", at
            )
    if not broken:
        tally.passed()


def _wrong_type(
    name: str,
    key: str,
    value: ir.Expr,
    wanted: Selector,
    site: Site,
    at: Location,
    analysis: Analysis,
    tally: Tally,
) -> bool:
    """Whether a value is not of the type it must be, or that cannot be told; reported."""
    held: frozenset[Value] = analysis.inference.evaluate(value, site.scope)
    wrong = sorted(type_name(v) for v in held if v != UNKNOWN and not meant(v, wanted, analysis.inference))
    if wrong or not held:
        what = f"a `{wrong[0]}`" if wrong else "nothing"
        tally.failed("wrong-argument", (name, key), f"`{name}` gives {what} as `{key}`", at)
        return True
    if UNKNOWN in held:
        tally.undecided(
            "argument-not-told", (name, key), f"what `{name}` gives as `{key}` cannot be told", at
        )
        return True
    return False


def _given(contract: CallArgumentsContract, site: Site, analysis: Analysis) -> _Given:
    call: ir.Call = site.node
    target = analysis.inference.scope(site.value) if site.value is not None else None
    params: tuple[ir.Param, ...] = ()
    if target is not None and site.value is not None:
        params = parameters(target) if site.value.bound else target.params
    bound = bind(call, params)
    values = dict(bound.by_name)
    values.update({a.keyword: a.value for a in call.args if a.keyword is not None})
    if contract.inside is None:
        return _Given(values, bound.spread)
    table = values.get(contract.inside)
    if table is None:
        return _Given({}, bound.spread)
    return _entries(table, site.scope)


def _entries(expr: ir.Expr, scope: Scope, depth: int = 6) -> _Given:
    """The entries of a dictionary as far as the function that makes it shows them."""
    if depth and isinstance(expr, ir.Dict):
        found: dict[str, ir.Expr] = {}
        unknown = False
        for key, value in zip(expr.keys, expr.values, strict=True):
            if key is None:
                inner = _entries(value, scope, depth - 1)
                found.update(inner.values)
                unknown = unknown or inner.open_ended
                continue
            text = _text(key, scope)
            if text is None:
                unknown = True
            else:
                found[text] = value
        return _Given(found, unknown)
    if depth and isinstance(expr, ir.Call) and expr.func == ir.Name("dict"):
        found = {a.keyword: a.value for a in expr.args if a.keyword is not None}
        others = [_entries(a.value, scope, depth - 1) for a in expr.args if a.keyword is None]
        for other in others:
            found = {**other.values, **found}
        return _Given(found, any(other.open_ended for other in others))
    if depth and isinstance(expr, ir.BinOp) and expr.op == "|":
        left, right = _entries(expr.left, scope, depth - 1), _entries(expr.right, scope, depth - 1)
        return _Given({**left.values, **right.values}, left.open_ended or right.open_ended)
    if depth and isinstance(expr, ir.Name):
        made = scope.names.only(expr.id)
        if made is not None:
            return _changed(_entries(made, scope, depth - 1), expr.id, scope, depth)
    return _Given({}, True)


def _changed(given: _Given, name: str, scope: Scope, depth: int) -> _Given:
    """What a dictionary called *name* holds after its function has changed it.

    Entries count that are put in at the top level of the function, so on every way; what is taken out anywhere may be missing.
    """
    values, open_ended = dict(given.values), given.open_ended
    for node in scope.body:
        for target in node.targets if isinstance(node, ir.Assign) else ():
            if isinstance(target, ir.Subscript) and target.value == ir.Name(name):
                key = _text(target.index[0], scope)
                if key is not None and isinstance(node, ir.Assign):
                    values[key] = node.value
        call = node.value if isinstance(node, ir.ExprStmt) else None
        if isinstance(call, ir.Call) and call.func == ir.Attr(ir.Name(name), "update"):
            more = _entries(ir.Call(ir.Name("dict"), call.args, call.at), scope, depth - 1)
            values.update(more.values)
            open_ended = open_ended or more.open_ended
    for node in own_nodes(scope.body):
        for taken in _removed(node, name):
            gone = _text(taken, scope) if taken is not None else None
            open_ended = True
            values = {k: v for k, v in values.items() if gone is not None and k != gone}
    return _Given(values, open_ended)


def _removed(node: object, name: str) -> Iterator[ir.Expr | None]:
    """The keys a statement or call takes out of the dictionary called *name*; None for some key or all of them."""
    if isinstance(node, ir.Delete):
        for target in node.targets:
            if isinstance(target, ir.Subscript) and target.value == ir.Name(name):
                yield target.index[0]
    elif isinstance(node, ir.Call) and isinstance(node.func, ir.Attr) and node.func.value == ir.Name(name):
        if node.func.name == "pop" and node.args:
            yield node.args[0].value
        elif node.func.name in ("clear", "popitem", "pop"):
            yield None


def _text(expr: ir.Expr, scope: Scope) -> str | None:
    """The text an expression is, constants of the module included."""
    return fold(expr, lambda name: constant_of(ir.Name(name), scope))
