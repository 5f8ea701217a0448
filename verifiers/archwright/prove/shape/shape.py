"""Counterexamples of shape contracts: parameters, results and fields of what is forbidden, and more of what is limited."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from archwright.prove.bench import Bench, counterexample
from archwright.prove.counterexample import Counterexample
from archwright.prove.shape.parts import (
    PROBE,
    at_end,
    changed,
    examples,
    node_of,
    parameters_of,
    with_annotation,
    with_parameter,
    with_positional,
)
from archwright.prove.spread import spread
from archwright.prove.text import Edit, Function, SourceText
from archwright.verifiers.bodies import SelectedBodies
from archwright.verifiers.shape.arguments import CallArgumentsContract
from archwright.verifiers.shape.returns import ReturnsContract
from archwright.verifiers.shape.shape import Defined, functions
from archwright.verifiers.shape.signatures import SignaturesContract

_SITES = 10
_ANNOTATIONS = (
    ("plain parameter", PROBE),
    ("optional parameter", f"{PROBE} | None = None"),
    ("quoted parameter", f'"{PROBE}"'),
    ("parameter in a container", f"dict[str, list[{PROBE}]]"),
    ("annotated parameter", f"__import__('typing').Annotated[{PROBE}, 1]"),
)
_RESULTS = (
    ("result itself", f"{PROBE}()"),
    ("result in a list", f"[{PROBE}()]"),
    ("result in a tuple", f"(1, {PROBE}())"),
    ("result in a dict", f'{{"found": {PROBE}()}}'),
    ("result in a comprehension", f"[one for one in [{PROBE}()]]"),
)


def derive_signatures(contract: SignaturesContract, bench: Bench) -> Iterator[Counterexample]:
    """Parameters of forbidden types in many spellings; parameters that are missing, optional, or given another way."""
    found = list(functions(contract, bench.analysis))
    for turn, function in enumerate(spread(found, _SITES)):
        place = node_of(function, bench)
        if place is not None:
            yield from _forbidden(contract, turn, function, place, bench)
            yield from _required(contract, function, place)
            yield from _forms(contract, function, place)


def derive_returns(contract: ReturnsContract, bench: Bench) -> Iterator[Counterexample]:
    """Results that are, hold, or are declared to be what is forbidden."""
    excepted = contract.except_functions
    found = [
        f
        for f in functions(contract, bench.analysis)
        if f.scope.qualname.rpartition(".")[2] not in ("__init__", "__post_init__", "__init_subclass__")
        and (excepted is None or not excepted.matches(bench.subject(f.scope.module)))
    ]
    candidates = examples(contract.forbid, bench) if contract.forbid is not None else []
    for turn, function in enumerate(spread(found, _SITES)):
        place = node_of(function, bench)
        if place is None:
            continue
        text, node = place
        if candidates:
            example = candidates[turn % len(candidates)]
            line = at_end(text, example.import_line)
            operator, value = _RESULTS[turn % len(_RESULTS)]
            given = _result(text, node, value)
            if given is not None:
                description = f"{function.name} returns {value}, a {example.name}"
                yield counterexample(contract, operator, description, changed(text, given, line))
            if node.returns is not None:
                declared = text.replacing(node.returns, f'"list[{PROBE} | None]"')
                description = f"{function.name} is declared to return a {example.name}"
                yield counterexample(contract, "declared result", description, changed(text, declared, line))
        if contract.only is not None and node.returns is not None:
            description = f"{function.name} is declared to return a dictionary"
            declared = text.replacing(node.returns, '"dict[str, int]"')
            yield counterexample(contract, "declared as another", description, changed(text, declared))
        if contract.annotated and node.returns is not None:
            description = f"{function.name} does not say what it returns"
            yield counterexample(
                contract, "no annotation", description, changed(text, _undeclared(text, node))
            )


def derive_call_arguments(contract: CallArgumentsContract, bench: Bench) -> Iterator[Counterexample]:
    """Calls that are not given what they must be, or are given what they must not."""
    units = SelectedBodies(contract.units, bench.analysis)
    sites = [
        s
        for s in bench.analysis.calls.selected(contract.calls)
        if (s.scope.module, s.scope.qualname) in units
    ]
    for site in spread(sites, _SITES):
        module = site.scope.module
        if not site.is_call or module not in bench.modules:
            continue
        text = bench.text(module)
        call = text.call_at(site.node.at)
        if call is None:
            continue
        for key in contract.require:
            for item in ast.walk(call):
                if isinstance(item, ast.keyword) and item.arg == key:
                    edit = text.replacing(item, f"{key}_={text.segment(item.value)}")
                elif isinstance(item, ast.Constant) and item.value == key:
                    edit = text.replacing(item, repr(f"{key}_"))
                else:
                    continue
                description = f"{site.scope.qualified} gives `{key}_` instead of `{key}`"
                yield counterexample(contract, "renamed argument", description, changed(text, edit))
                break
        if contract.inside is None and contract.require:
            edit = text.replacing(call, f"{text.segment(call.func)}()")
            description = f"{site.scope.qualified} gives nothing"
            yield counterexample(contract, "given nothing", description, changed(text, edit))
            if call.args and any(rule.type is not None for rule in contract.require.values()):
                edits = [text.replacing(arg, "object()") for arg in call.args]
                description = f"{site.scope.qualified} gives objects of no type in particular"
                yield counterexample(contract, "argument of another type", description, changed(text, *edits))


def _forbidden(
    contract: SignaturesContract,
    turn: int,
    function: Defined,
    place: tuple[SourceText, Function],
    bench: Bench,
) -> Iterator[Counterexample]:
    candidates = examples(contract.forbid, bench) if contract.forbid is not None else []
    if not candidates:
        return
    text, node = place
    example = candidates[turn % len(candidates)]
    for operator, annotation in (_ANNOTATIONS[turn % 5], _ANNOTATIONS[(turn + 2) % 5]):
        edit = with_parameter(text, node, f"zzz_probe: {annotation}")
        if edit is not None:
            description = f"{function.name} takes a {example.name} as `zzz_probe: {annotation}`"
            line = at_end(text, example.import_line)
            yield counterexample(contract, operator, description, changed(text, edit, line))


def _required(
    contract: SignaturesContract, function: Defined, place: tuple[SourceText, Function]
) -> Iterator[Counterexample]:
    text, node = place
    for name, rule in contract.require.items():
        arg = next((a for a in parameters_of(node) if a.arg == name), None)
        if arg is None:
            continue
        declared = text.segment(arg)
        renamed = text.replacing(arg, declared.replace(name, f"{name}_", 1))
        yield counterexample(
            contract,
            "renamed parameter",
            f"{function.name} takes `{name}_`, not `{name}`",
            changed(text, renamed),
        )
        if rule.default == "none" and arg in node.args.kwonlyargs and _has_no_default(node, arg):
            description = f"{function.name} has a default for `{name}`"
            yield counterexample(
                contract, "default", description, changed(text, text.replacing(arg, f"{declared} = None"))
            )
        if rule.type is not None:
            description = f"{function.name} takes bytes as `{name}`"
            yield counterexample(
                contract, "other type", description, changed(text, with_annotation(text, arg, "bytearray"))
            )


def _forms(
    contract: SignaturesContract, function: Defined, place: tuple[SourceText, Function]
) -> Iterator[Counterexample]:
    text, node = place
    if contract.asynchronous is not None:
        start, end = text.range(node)
        head = text.text.index("async def " if contract.asynchronous else "def ", start, end)
        old = "async def" if contract.asynchronous else "def"
        new = "def" if contract.asynchronous else "async def"
        description = f"{function.name} becomes `{new}`"
        yield counterexample(
            contract, "other colour", description, changed(text, Edit(head, head + len(old), new))
        )
    if contract.annotated:
        declared = [a for a in parameters_of(node) if a.annotation is not None]
        if declared:
            description = f"{function.name} does not say what `{declared[-1].arg}` is"
            edit = with_annotation(text, declared[-1], "")
            yield counterexample(contract, "no annotation", description, changed(text, edit))
        if node.returns is not None:
            description = f"{function.name} does not say what it returns"
            yield counterexample(contract, "no result", description, changed(text, _undeclared(text, node)))
    if contract.positional is not None:
        more = ", ".join(f"zzz_{number}=None" for number in range(contract.positional + 1))
        grown = with_positional(text, node, more)
        if grown is not None:
            description = f"{function.name} takes {contract.positional + 1} more by position"
            yield counterexample(contract, "more by position", description, changed(text, grown))


def _has_no_default(node: Function, arg: ast.arg) -> bool:
    return node.args.kw_defaults[node.args.kwonlyargs.index(arg)] is None


def _undeclared(text: SourceText, node: Function) -> Edit:
    """A function without ``-> …``."""
    if node.returns is None:
        raise ValueError("nothing is declared")
    start, end = text.range(node.returns)
    return Edit(text.text.rindex("->", 0, start), end, "")


def _result(text: SourceText, node: Function, value: str) -> Edit | None:
    """The last return of a function's own body, giving *value*."""
    own: list[ast.Return] = []
    pending: list[ast.AST] = list(node.body)
    while pending:
        current = pending.pop(0)
        if isinstance(current, ast.Return) and current.value is not None:
            own.append(current)
        if not isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            pending += ast.iter_child_nodes(current)
    return text.replacing(own[-1], f"return {value}") if own else None
