"""Classes: frozen values, required bases and decorators, and conformance to protocols."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta

from archwright.contracts.language import Located, Problem, Selector, Subject
from archwright.facts import ir
from archwright.model import CheckResult, Location, Step
from archwright.project.analysis import Analysis
from archwright.project.code import Scope, own_nodes
from archwright.project.shapes.typesets import class_subject
from archwright.project.types.values import (
    UNKNOWN,
    ClassValue,
    ExternalValue,
    FunctionValue,
    InstanceValue,
    called_names,
)
from archwright.verifiers.shape.shape import Defined, DefinitionContract, classes, defined, parameters
from archwright.verifiers.tally import Tally

_MAKING = frozenset(
    {"__init__", "__new__", "__post_init__", "__setstate__", "__copy__", "__deepcopy__", "__replace__"}
)


class ClassesContract(DefinitionContract, frozen=True, kw_only=True):
    """What classes must be."""

    frozen: Annotated[bool, Meta(description="Whether instances must not change once made")] = False
    immutable_fields: Annotated[
        bool,
        Meta(
            description="Whether no field may be declared as a list, dict, set or other container that changes"
        ),
    ] = False
    subclass: Annotated[Selector | None, Meta(description="What each must have among its bases")] = None
    decorated: Annotated[Selector | None, Meta(description="What each must be decorated with")] = None
    methods: Annotated[tuple[Located, ...], Meta(description="Methods each must have, inherited or not")] = ()
    conforms: Annotated[
        tuple[Located, ...], Meta(description="Protocols whose methods each must have, callable the same way")
    ] = ()

    def problems(self) -> Iterator[Problem]:
        """A contract that demands nothing."""
        demands = (
            self.frozen,
            self.immutable_fields,
            self.subclass,
            self.decorated,
            self.methods,
            self.conforms,
        )
        if not any(demands):
            hint = 'give "frozen", "immutable_fields", "subclass", "decorated", "methods" or "conforms"'
            yield Problem(self.origin, f'contract "{self.id}" demands nothing', hint)


def check_classes(contract: ClassesContract, analysis: Analysis) -> CheckResult:
    """Judges every class the contract means, and for frozen ones every place that goes around being frozen."""
    tally = Tally(contract)
    names: set[str] = set()
    for cls in classes(contract, analysis):
        names.add(cls.name)
        before = tally.sites
        _judge_frozen(contract, cls, analysis, tally)
        _judge_ancestry(contract, cls, analysis, tally)
        for protocol in contract.conforms:
            _judge_conformance(cls, protocol, analysis, tally)
        if tally.sites == before:
            tally.passed()
    if contract.frozen and names:
        _judge_force(names, analysis, tally)
    return tally.result()


def _judge_frozen(contract: ClassesContract, cls: Defined, analysis: Analysis, tally: Tally) -> None:
    shapes = analysis.shapes.classes
    if contract.frozen:
        told = shapes.frozenness(cls.name)
        if told.frozen is None:
            message = f"whether `{cls.name}` can be changed cannot be told: {told.reason}"
            tally.undecided("frozen-not-told", (cls.name,), message, cls.at)
        elif not told.frozen:
            tally.failed("not-frozen", (cls.name,), f"`{cls.name}` can be changed: {told.reason}", cls.at)
    if contract.immutable_fields:
        for field, kind in shapes.mutable_fields(cls.name):
            message = f"`{cls.name}.{field}` is a {kind.rpartition('.')[2]}, which can be changed"
            tally.failed("mutable-field", (cls.name, field), message, cls.at)


def _judge_ancestry(contract: ClassesContract, cls: Defined, analysis: Analysis, tally: Tally) -> None:
    inference = analysis.inference
    if contract.subclass is not None:
        bases = inference.classes.lineage(cls.name)[1:]
        if not any(contract.subclass.matches(class_subject(base, inference)) for base in bases):
            message = f"`{cls.name}` has none of the required bases"
            tally.failed("missing-base", (cls.name,), message, cls.at)
    if contract.decorated is not None and not _decorated(cls, contract.decorated, analysis):
        message = f"`{cls.name}` lacks the required decorator"
        tally.failed("missing-decorator", (cls.name,), message, cls.at)
    have = inference.classes.methods(cls.name)
    for method in contract.methods:
        if method not in have:
            message = f"`{cls.name}` has no method `{method}`"
            tally.failed("missing-method", (cls.name, str(method)), message, cls.at)


def _decorated(cls: Defined, wanted: Selector, analysis: Analysis) -> bool:
    node, parent = cls.scope.node, cls.scope.parent
    for decorator in node.decorators if node is not None and parent is not None else ():
        target = decorator.func if isinstance(decorator, ir.Call) else decorator
        names = called_names(analysis.inference.evaluate(target, parent)) if parent is not None else set()
        if any(wanted.matches(Subject(symbol=n, function=n, call=n, decorators=(n,))) for n in names):
            return True
    return False


# --- protocols --------------------------------------------------------------------------------------------------


def _judge_conformance(cls: Defined, protocol: Located, analysis: Analysis, tally: Tally) -> None:
    found = analysis.project.names.resolve(protocol).qualified
    hierarchy = analysis.inference.classes
    if not hierarchy.known(found):
        tally.failed("no-such-protocol", (str(protocol),), f"there is no class `{protocol}`", protocol.origin)
        return
    if cls.name == found:
        return
    wanted = [m for m in sorted(hierarchy.methods(found)) if m == "__call__" or not m.startswith("_")]
    for name in wanted:
        theirs = _method(found, name, analysis)
        ours = _method(cls.name, name, analysis)
        symbols = (cls.name, str(protocol), name)
        if ours is None:
            message = f"`{cls.name}` has no method `{name}`, which `{protocol}` has"
            tally.failed("missing-method", symbols, message, cls.at)
        elif theirs is not None:
            problem = _difference(theirs, ours)
            if problem:
                steps = (Step(f"`{protocol}.{name}` stands here", defined(theirs, analysis).at),)
                message = f"`{cls.name}.{name}` {problem}"
                tally.failed("signature-differs", symbols, message, defined(ours, analysis).at, steps)


def _method(qualified: str, name: str, analysis: Analysis) -> Scope | None:
    hierarchy = analysis.inference.classes
    for base in hierarchy.lineage(qualified):
        if hierarchy.known(base) and hierarchy.defines(base, name):
            module, qualname = hierarchy.locate(base)
            return analysis.inference.scope(FunctionValue(module, f"{qualname}.{name}"))
        body = analysis.shapes.classes.scope(base)
        if body is not None and isinstance(body.names.only(name), ir.Const | ir.Str | ir.Num):
            return None  # ``count = None`` takes away what a base has
    return None


def _difference(theirs: Scope, ours: Scope) -> str | None:
    """Why a call that fits *theirs* may not fit *ours*; None when it always does."""
    if theirs.is_async != ours.is_async:
        return (
            "is a coroutine function, the protocol's is not" if ours.is_async else "is no coroutine function"
        )
    wanted, have = parameters(theirs), parameters(ours)
    names = {p.name: p for p in have}
    takes_keywords = any(p.kind == "kwarg" for p in have)
    takes_more = any(p.kind == "vararg" for p in have)
    positional = [p.name for p in have if p.kind in ("posonly", "arg")]
    for position, param in enumerate(p for p in wanted if p.kind in ("posonly", "arg")):
        fits = position < len(positional) and (param.kind == "posonly" or positional[position] == param.name)
        if not fits and not (takes_more and (param.kind == "posonly" or takes_keywords)):
            return f"does not take `{param.name}` as parameter {position + 1}"
    for param in wanted:
        mine = names.get(param.name)
        if param.kind == "kwonly" and (mine is None or mine.kind == "posonly") and not takes_keywords:
            return f"does not take `{param.name}` by keyword"
        if mine is not None and param.default is not None and mine.default is None and mine.kind != "vararg":
            return f"demands `{param.name}`, which callers may leave out"
    given = {p.name for p in wanted} | set(positional[: sum(p.kind == "posonly" for p in wanted)])
    more = [
        p.name
        for p in have
        if p.default is None and p.kind not in ("vararg", "kwarg") and p.name not in given
    ]
    return f"demands `{more[0]}`, which the protocol does not know" if more else None


# --- around the freezer -----------------------------------------------------------------------------------------


def _judge_force(names: set[str], analysis: Analysis, tally: Tally) -> None:
    """``object.__setattr__`` on a frozen instance, outside of what makes it."""
    project, inference = analysis.project, analysis.inference
    for module in project.mentioning(["__setattr__"]):
        for scope in inference.index(module).functions():
            if scope.qualname.rpartition(".")[2] in _MAKING and scope.owner is not None:
                continue
            for node in own_nodes(scope.body):
                if isinstance(node, ir.Call) and len(node.args) > 2:
                    _judge_setattr(node, scope, names, analysis, tally)


def _judge_setattr(call: ir.Call, scope: Scope, names: set[str], analysis: Analysis, tally: Tally) -> None:
    callees = analysis.inference.callees(call, scope)
    if ExternalValue("builtins.object.__setattr__") not in callees:
        return
    changed = analysis.inference.evaluate(call.args[0].value, scope)
    at: Location = analysis.project.at(scope.module, call.at)
    for value in sorted(changed, key=repr):
        if isinstance(value, InstanceValue) and value.cls.qualified in names:
            symbols = (value.cls.qualified, scope.qualified)
            message = f"`{scope.qualified}` changes a `{value.cls.qualified}`, which is frozen"
            tally.failed("changed-by-force", symbols, message, at)
            return
    if UNKNOWN in changed and not any(isinstance(v, InstanceValue | ClassValue) for v in changed):
        message = f"`{scope.qualified}` changes something by force, and what it changes cannot be told"
        tally.undecided("changed-by-force-perhaps", (scope.qualified,), message, at)
