"""New callers of what an ordering contract guards, who never heard of the guard."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator

import msgspec

from archwright.contracts.language import RaisesUnless
from archwright.project.calls.calls import Site
from archwright.prove.bench import Bench, counterexample
from archwright.prove.counterexample import Counterexample
from archwright.prove.ordering.evidence import Evidence, call_of, leaves
from archwright.prove.spread import spread
from archwright.prove.text import Function, SourceText
from archwright.verifiers.ordering.ordering import OrderingContract

_CALLERS = 4
_NAME, _CLASS = "zzz_bypass", "ZzzBypass"


def derive_new_callers(
    contract: OrderingContract, bench: Bench, sinks: list[Site], evidence: Evidence
) -> Iterator[Counterexample]:
    """New functions that call the sink as an existing call does, without anything around it."""
    completing = {id(call) for _, call in evidence.completions}
    for sink in spread([s for s in sinks if s.certain], _CALLERS):
        call = call_of(sink, bench)
        if call is None or sink.scope.kind != "function":
            continue
        if any(id(inner) in completing for inner in ast.walk(call)):
            continue  # its arguments do what has to be done first
        module = sink.scope.module
        if not _is_meant(contract, sink, bench):
            continue  # nobody asks about functions that are not named
        text = bench.text(module)
        function = text.function(sink.scope.qualname)
        callee = _callee(sink, call, text, function) if function is not None else None
        if function is None or callee is None:
            continue
        wait = "await " if isinstance(text.parent(call), ast.Await) else ""
        head = "async def" if wait else "def"
        given = text.segment(call)[len(text.segment(call.func)) :]
        bodies = [
            ("second caller", f"    {wait}{callee}{_one_line(given)}"),
            (
                "second caller, guarded by an assertion",
                f"    assert {_condition(contract) or 'self'}\n    {wait}{callee}{_one_line(given)}",
            ),
        ]
        if isinstance(call.func, ast.Name | ast.Attribute):
            renamed = f"    zzz_act = {callee}\n    {wait}zzz_act{_one_line(given)}"
            bodies.insert(1, ("second caller, by another name", renamed))
        for operator, body in bodies:
            code = f"{head} {_NAME}({_arguments(function)}):\n{body}"
            if sink.scope.owner is not None:
                code = f"class {_CLASS}({sink.scope.owner.qualname}):\n{textwrap.indent(code, '    ')}"
            yield counterexample(
                contract,
                operator,
                f"{module} gets another caller of {_one_line(text.segment(call.func))}",
                bench.append(module, code),
            )


def _is_meant(contract: OrderingContract, sink: Site, bench: Bench) -> bool:
    """Whether the contract looks into the new caller of *sink*."""
    module = sink.scope.module
    name = f"{module}.{_NAME}" if sink.scope.owner is None else f"{module}.{_CLASS}.{_NAME}"
    subject = msgspec.structs.replace(bench.subject(module), symbol=name, function=name)
    return contract.within is None or contract.within.matches(subject)


def _callee(sink: Site, call: ast.Call, text: SourceText, function: Function) -> str | None:
    """What is called, as a new function can name it; None where only the calling function can."""
    shown = _one_line(text.segment(call.func))
    names = {n.id for n in ast.walk(call.func) if isinstance(n, ast.Name)}
    stored = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    if not names & stored:
        return shown
    value = sink.value
    if isinstance(call.func, ast.Name) and value is not None and "." not in value.qualname:
        return f"__import__('importlib').import_module({value.module!r}).{value.qualname}"
    return None


def _condition(contract: OrderingContract) -> str:
    if contract.dominated_by is None:
        return ""
    guards = [leaf for leaf in leaves(contract.dominated_by) if isinstance(leaf, RaisesUnless)]
    return f"not ({guards[0].condition.text})" if guards else ""


def _arguments(function: Function) -> str:
    """The parameters of the calling function, and everything it has named by then."""
    names = [a.arg for a in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
    stored = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    typed = {
        a.arg: f"{a.arg}: {ast.unparse(a.annotation)}"
        for a in ast.walk(function.args)
        if isinstance(a, ast.arg) and a.annotation
    }
    return ", ".join([*(typed.get(n, n) for n in names), *sorted(stored - set(names))])


def _one_line(code: str) -> str:
    return " ".join(code.split())
