"""Signatures: types parameters must not admit, parameters that must be there, and how they are given.

A parameter admits a type through Optional, Union, ``|``, Annotated, strings, aliases, type variables and containers, through the
annotated fields of a class it is an instance of, and, where it is declared as nothing or as Any, through what callers pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from archwright.contracts.language import NOWHERE, Located, Problem, Selector
from archwright.facts import ir
from archwright.model import CheckResult, Location, Step
from archwright.project.analysis import Analysis
from archwright.project.calls.calls import Site
from archwright.project.code import Scope
from archwright.project.shapes.arguments import Bound, bind
from archwright.project.shapes.typesets import meant, type_name
from archwright.project.types.values import UNKNOWN, FunctionValue, Value
from archwright.verifiers.shape.shape import Defined, DefinitionContract, functions, parameters
from archwright.verifiers.tally import Tally

Given = Literal["keyword-only", "positional-only", "any"]


class ParameterRule(msgspec.Struct, frozen=True, kw_only=True):
    """What one parameter must be like."""

    type: Annotated[Selector | None, Meta(description="The class every value of it is an instance of")] = None
    given: Annotated[Given, Meta(description="How callers may give it")] = "any"
    default: Annotated[Literal["none", "any"], Meta(description="none: it must not have a default value")] = (
        "any"
    )
    origin: Location = NOWHERE


class SignaturesContract(DefinitionContract, frozen=True, kw_only=True):
    """What the parameters of functions must and must not be."""

    forbid: Annotated[Selector | None, Meta(description="The types no parameter may admit")] = None
    through_fields: Annotated[
        bool, Meta(description="Whether a class with a field of a forbidden type counts as that type")
    ] = True
    opaque: Annotated[
        Literal["undecided", "pass"],
        Meta(
            description="What a parameter amounts to that is declared as nothing or Any and whose callers do not tell"
        ),
    ] = "undecided"
    require: Annotated[
        Mapping[Located, ParameterRule],
        Meta(description="Parameters every function must have: {tenant_id: {}}"),
    ] = {}
    positional: Annotated[
        int | None, Meta(description="How many parameters may be given by position, at most")
    ] = None
    not_optional: Annotated[
        Selector | None, Meta(description="Types whose parameters must not default to None")
    ] = None
    annotated: Annotated[
        bool, Meta(description="Whether every parameter and the result must be annotated")
    ] = False
    asynchronous: Annotated[bool | None, Meta(description="true: only coroutine functions; false: none")] = (
        None
    )

    def problems(self) -> Iterator[Problem]:
        """A contract that demands nothing."""
        demands = (self.forbid, self.require or None, self.positional, self.not_optional, self.asynchronous)
        if not self.annotated and all(demand is None for demand in demands):
            hint = 'give "forbid", "require", "positional", "not_optional", "annotated" or "asynchronous"'
            yield Problem(self.origin, f'contract "{self.id}" demands nothing', hint)


def check_signatures(contract: SignaturesContract, analysis: Analysis) -> CheckResult:
    """Judges every function the contract means: each is one site, and one more for every finding but the first."""
    tally = Tally(contract)
    given = _Given(contract.forbid, analysis) if contract.forbid is not None else None
    for function in functions(contract, analysis):
        found = _Judge(contract, analysis, tally, function, given)
        found.forbidden()
        found.required()
        found.forms()
        if not found.broken:
            tally.passed()
    return tally.result()


def _may_occur(forbid: Selector, analysis: Analysis) -> bool:
    """Whether any code spells a name that *forbid* means; without one nobody can hand on what it forbids."""
    patterns = (*forbid.class_, *forbid.subclass_of, *forbid.symbol)
    last = [pattern.text.rpartition(".")[2] for pattern in patterns]
    keys = [name for name in forbid.__struct_fields__ if name != "origin" and getattr(forbid, name)]
    if not set(keys) <= {"class_", "subclass_of", "symbol"} or any(
        "{" in word or word in ("*", "**") for word in last
    ):
        return True
    # A whole word, or where the pattern leaves something open any word with that in it.
    pieces = [word.strip("*") if "*" in word else f" {word} " for word in last]
    if any("*" in piece for piece in pieces):
        return True
    spelled = (analysis.project.summary(module).identifiers for module in analysis.project.modules)
    return any(piece in text for text in spelled for piece in pieces)


class _Given:
    """What callers give, judged once for all functions that a call may run."""

    def __init__(self, forbid: Selector, analysis: Analysis) -> None:
        self._forbid = forbid
        self._analysis = analysis
        self._known: dict[tuple[int, int], tuple[Value | None, bool]] = {}
        self.occurs = _may_occur(forbid, analysis)
        """Whether a value of a forbidden type can be in the code base at all."""

    def judge(self, expr: ir.Expr, scope: Scope) -> tuple[Value | None, bool]:
        """A value of a forbidden type that *expr* may stand for or hold, and whether there may be others."""
        key = (id(expr), id(scope))  # the code of a module is kept by its index
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._judge(expr, scope)
        return known

    def _judge(self, expr: ir.Expr, scope: Scope) -> tuple[Value | None, bool]:
        inference = self._analysis.inference
        held = self._analysis.shapes.origins.held(expr, scope)
        values = held | {v for v in inference.evaluate(expr, scope) if v != UNKNOWN}
        forbidden = [v for v in values if meant(v, self._forbid, inference)]
        return min(forbidden, key=repr, default=None), UNKNOWN in values


class _Judge:
    def __init__(
        self,
        contract: SignaturesContract,
        analysis: Analysis,
        tally: Tally,
        function: Defined,
        given: _Given | None,
    ) -> None:
        """*given*: what callers give; None where nothing is forbidden."""
        self._contract = contract
        self._analysis = analysis
        self._tally = tally
        self._function = function
        self._params = parameters(function.scope)
        self._given = given
        self.broken = False

    def forbidden(self) -> None:
        """Types no parameter may admit."""
        if self._contract.forbid is not None and self._given is not None:
            for param in self._params:
                self._forbidden(param, self._contract.forbid, self._given)

    def required(self) -> None:
        """Parameters that must be there."""
        for name, rule in self._contract.require.items():
            param = next((p for p in self._params if p.name == name), None)
            if param is None or param.kind in ("vararg", "kwarg"):
                self._fail("missing-parameter", name, f"has no parameter `{name}`")
                continue
            if rule.given == "keyword-only" and param.kind != "kwonly":
                self._fail("not-keyword-only", name, f"lets `{name}` be given by position")
            if rule.given == "positional-only" and param.kind != "posonly":
                self._fail("not-positional-only", name, f"lets `{name}` be given by keyword")
            if rule.default == "none" and param.default is not None:
                self._fail("has-default", name, f"has a default for `{name}`")
            if rule.type is not None:
                self._of_type(param, rule.type)

    def forms(self) -> None:
        """What holds for the signature as a whole."""
        contract, scope = self._contract, self._function.scope
        if contract.positional is not None:
            by_position = [p.name for p in self._params if p.kind in ("posonly", "arg")]
            if len(by_position) > contract.positional:
                names = ", ".join(f"`{name}`" for name in by_position[contract.positional :])
                message = f"lets {len(by_position)} parameters be given by position, not {contract.positional}: {names}"
                self._fail("too-many-positional", "", message)
        if contract.not_optional is not None:
            for param in self._params:
                self._not_optional(param, contract.not_optional)
        if contract.annotated:
            for param in self._params:
                if param.annotation is None:
                    self._fail("not-annotated", param.name, f"does not say what `{param.name}` is")
            if isinstance(scope.node, ir.FunctionDef) and scope.node.returns is None:
                self._fail("result-not-annotated", "", "does not say what it returns")
        if contract.asynchronous is not None and scope.is_async != contract.asynchronous:
            is_what = "a coroutine function" if scope.is_async else "no coroutine function"
            self._fail("wrong-colour", "", f"is {is_what}")

    def _forbidden(self, param: ir.Param, forbid: Selector, given: _Given) -> None:
        types, scope = self._analysis.shapes.types, self._function.scope
        where = scope.signature
        values = types.of(param.annotation, where)
        ways = (
            types.within(values, private=False)
            if self._contract.through_fields
            else ((v, ()) for v in values)
        )
        for value, way in ways:
            if meant(value, forbid, self._analysis.inference):
                field = f", in its field `{'.'.join(way)}`" if way else ""
                message = f"takes a `{type_name(value)}` as `{param.name}`{field}"
                self._fail("forbidden-parameter", param.name, message)
                return
        # Any inside a container hands on nothing by itself.
        if UNKNOWN in values and UNKNOWN in self._analysis.inference.types(param.annotation, where):
            self._passed_in(param, given)

    def _passed_in(self, param: ir.Param, given: _Given) -> None:
        """A parameter that may be anything, judged by what callers make of it."""
        if not given.occurs and self._contract.opaque == "pass":
            return
        called = unclear = False
        for site, bound in self._calls if given.occurs else ():
            expr = bound.by_name.get(param.name)
            called = called or expr is not None or bound.spread or param.default is not None
            if expr is None:
                unclear = unclear or bound.spread
                continue
            value, is_open = given.judge(expr, site.scope)
            if value is not None:
                message = f"is given a `{type_name(value)}` as `{param.name}`"
                at = self._analysis.project.at(site.scope.module, site.node.at)
                step = Step("the caller gives it here", at)
                self._fail("forbidden-argument", param.name, message, (step,))
                return
            unclear = unclear or is_open
        # With no caller in sight anybody may pass anything.
        if self._contract.opaque == "undecided" and (unclear or not called):
            self._undecided(
                "opaque-parameter", param.name, f"does not say what `{param.name}` is, nor do its callers"
            )

    @cached_property
    def _calls(self) -> list[tuple[Site, Bound]]:
        """The calls of the function with what they give to which parameter."""
        scope = self._function.scope
        method = scope.owner is not None and not scope.decorated("staticmethod")
        sites = self._analysis.calls.of(FunctionValue(scope.module, scope.qualname))
        return [
            (site, bind(site.node, scope.params, given=int(method)))
            for site in sites
            if isinstance(site.node, ir.Call)
        ]

    def _of_type(self, param: ir.Param, wanted: Selector) -> None:
        where = self._function.scope.signature
        values = self._analysis.inference.types(param.annotation, where)
        known = [v for v in values if v != UNKNOWN]
        if not all(meant(v, wanted, self._analysis.inference) for v in known):
            names = ", ".join(sorted(f"`{type_name(v)}`" for v in known))
            self._fail("wrong-type", param.name, f"takes {names} as `{param.name}`")
        elif not known or UNKNOWN in values:
            self._undecided("type-not-told", param.name, f"does not say what `{param.name}` is")

    def _not_optional(self, param: ir.Param, wanted: Selector) -> None:
        where = self._function.scope.signature
        values = self._analysis.shapes.types.of(param.annotation, where)
        if not any(meant(v, wanted, self._analysis.inference) for v in values):
            return
        if param.default == ir.Const("None"):
            self._fail(
                "optional-collaborator", param.name, f"does without `{param.name}`: it defaults to None"
            )

    def _fail(self, evidence: str, param: str, problem: str, steps: tuple[Step, ...] = ()) -> None:
        self.broken = True
        self._tally.failed(
            evidence, self._symbols(param), f"`{self._function.name}` {problem}", self._function.at, steps
        )

    def _undecided(self, evidence: str, param: str, problem: str) -> None:
        self.broken = True
        self._tally.undecided(
            evidence, self._symbols(param), f"`{self._function.name}` {problem}", self._function.at
        )

    def _symbols(self, param: str) -> tuple[str, ...]:
        return (self._function.name, param) if param else (self._function.name,)
