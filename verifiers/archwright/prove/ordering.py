"""Counterexamples of ordering contracts: the guard gone, below the call, in a branch never taken, its exception swallowed, and
what must be completed not awaited, not called, or called too late; and new callers that never heard of either.

What a contract lets be met in several ways is broken in all of them at once: what is left would be a way to meet it.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Iterator

import msgspec

from archwright.contracts.language import AllOf, AnyOf, Completed, RaisesUnless, Requirement
from archwright.project.calls import Site
from archwright.project.code import Scope
from archwright.project.values import FunctionValue
from archwright.prove.bench import Bench, counterexample
from archwright.prove.counterexample import Changes, Counterexample
from archwright.prove.spread import spread
from archwright.prove.text import Edit, SourceText
from archwright.verifiers.ordering import OrderingContract

_CALLERS = 4
Place = tuple[str, ast.stmt]
"""A module and a statement in it."""


class Evidence(msgspec.Struct, frozen=True):
    """Where the code does what a requirement asks for."""

    guards: tuple[Place, ...]
    completions: tuple[tuple[str, ast.Call], ...]


def derive_ordering(contract: OrderingContract, bench: Bench) -> Iterator[Counterexample]:
    """Breaks the order at each sink of the code, and adds sinks without any."""
    sinks = [s for s in bench.analysis.calls.selected(contract.sink) if s.is_call]
    if contract.within is not None:
        sinks = [s for s in sinks if contract.within.matches(bench.subject(s.scope.module))]
    yield from _new_callers(contract, bench, sinks)
    for requirement in (contract.dominated_by, contract.followed_by):
        for part in _parts(requirement):
            evidence = _evidence(part, bench)
            yield from _weakened(contract, bench, evidence)
            if requirement is contract.dominated_by:
                yield from _too_late(contract, bench, evidence, sinks)
    if contract.dominated_by is not None:
        yield from _swallowed(contract, bench, _evidence(contract.dominated_by, bench), sinks)
    if contract.followed_by is not None:
        yield from _left_early(contract, bench, sinks)


def _parts(requirement: Requirement | None) -> Iterator[Requirement]:
    """What each has to hold: one of a list of alternatives as a whole, of a list of demands each."""
    if isinstance(requirement, AllOf):
        for item in requirement.items:
            yield from _parts(item)
    elif requirement is not None:
        yield requirement


def _leaves(requirement: Requirement) -> Iterator[Requirement]:
    if isinstance(requirement, AnyOf | AllOf):
        for item in requirement.items:
            yield from _leaves(item)
    else:
        yield requirement


def _evidence(requirement: Requirement, bench: Bench) -> Evidence:
    guards: list[Place] = []
    completions: list[tuple[str, ast.Call]] = []
    for leaf in _leaves(requirement):
        if isinstance(leaf, RaisesUnless):
            guards += _guards(leaf, bench)
        elif isinstance(leaf, Completed):
            for site in bench.analysis.calls.selected(leaf.call):
                call = _call(site, bench)
                if call is not None:
                    completions.append((site.scope.module, call))
    return Evidence(tuple(guards), tuple(completions))


def _guards(leaf: RaisesUnless, bench: Bench) -> Iterator[Place]:
    """The statements that ask the contract's condition in its own words, or part of it, and raise."""
    wanted = ast.parse(leaf.condition.text.strip(), mode="eval").body
    words = sorted({n.attr for n in ast.walk(wanted) if isinstance(n, ast.Attribute)})
    for module in bench.analysis.project.mentioning(words):
        if module not in bench.modules:
            continue
        for node in bench.text(module).nodes(ast.If):
            raises = any(isinstance(s, ast.Raise) for s in node.body)
            if raises and _last_names(node.test) == _last_names(wanted):
                yield module, node


def _last_names(test: ast.expr) -> set[str]:
    """What a condition asks about, whoever it is asked of: ``self.config.save`` and ``config.save`` are one."""
    inner = {id(n.value) for n in ast.walk(test) if isinstance(n, ast.Attribute)}
    return {
        n.attr if isinstance(n, ast.Attribute) else n.id
        for n in ast.walk(test)
        if isinstance(n, ast.Attribute | ast.Name) and id(n) not in inner
    }


def _call(site: Site, bench: Bench) -> ast.Call | None:
    if not site.is_call or site.scope.module not in bench.modules:
        return None
    return bench.text(site.scope.module).call_at(site.node.at)


# --- the evidence weakened --------------------------------------------------------------------------------------

Weaken = Callable[[SourceText, ast.stmt], Edit]


def _weakened(contract: OrderingContract, bench: Bench, evidence: Evidence) -> Iterator[Counterexample]:
    if not evidence.guards and not evidence.completions:
        return
    for operator, description, weaken in _WEAKENED:
        changes = _change_all(bench, evidence, weaken)
        yield counterexample(contract, operator, f"what has to happen {description}", *changes)
    unawaited = [(m, c) for m, c in evidence.completions if isinstance(bench.text(m).parent(c), ast.Await)]
    if unawaited:
        edits = [(m, _unawaited(bench.text(m), c)) for m, c in unawaited]
        edits += [(m, bench.text(m).dropping(s)) for m, s in evidence.guards]
        yield counterexample(
            contract, "not awaited", "what has to be completed is only begun", *_merge(bench, edits)
        )


_WEAKENED: tuple[tuple[str, str, Weaken], ...] = (
    ("dropped", "is gone", lambda text, statement: text.dropping(statement)),
    (
        "in a dead branch",
        "stands below `if False`",
        lambda text, statement: text.around(statement, "if False:"),
    ),
    (
        "in a branch",
        "happens only sometimes",
        lambda text, statement: text.around(statement, "import random\nif random.random() > 0.5:"),
    ),
    (
        "in a loop",
        "happens once for each of what may be none",
        lambda text, statement: text.around(statement, "for _ in range(int('0')):"),
    ),
    (
        "swallowed in place",
        "stands in a `try` that goes on whatever is raised",
        lambda text, statement: text.around(statement, "try:", "except Exception:\n    pass"),
    ),
    (
        "suppressed in place",
        "stands in a `with suppress(Exception)`",
        lambda text, statement: text.around(
            statement, "import contextlib\nwith contextlib.suppress(Exception):"
        ),
    ),
    (
        "in a local function",
        "stands in a local function that nobody calls",
        lambda text, statement: text.around(statement, f"{_head(text, statement)} zzz_later():"),
    ),
)


def _head(text: SourceText, statement: ast.stmt) -> str:
    return "async def" if "await " in text.segment(statement) else "def"


def _change_all(bench: Bench, evidence: Evidence, change: Weaken) -> list[Changes]:
    """Every guard, and every statement that completes something, changed."""
    places = dict.fromkeys(evidence.guards)
    places.update(dict.fromkeys((m, bench.text(m).statement_of(call)) for m, call in evidence.completions))
    return _merge(bench, [(m, change(bench.text(m), s)) for m, s in places])


def _unawaited(text: SourceText, call: ast.Call) -> Edit:
    awaited = text.parent(call)
    start = text.range(awaited)[0] if awaited is not None else 0
    return Edit(start, text.range(call)[0], "")


def _merge(bench: Bench, edits: list[tuple[str, Edit]]) -> list[Changes]:
    by_module: dict[str, list[Edit]] = {}
    for module, edit in edits:
        inside = by_module.setdefault(module, [])
        if not any(edit.start < other.end and other.start < edit.end for other in inside):
            inside.append(edit)
    return [bench.edit(module, *parts) for module, parts in by_module.items()]


# --- the order turned round -------------------------------------------------------------------------------------


def _too_late(
    contract: OrderingContract, bench: Bench, evidence: Evidence, sinks: list[Site]
) -> Iterator[Counterexample]:
    """What guards a sink in its own function comes below it; all other evidence is dropped."""
    for sink in sinks:
        call = _call(sink, bench)
        if call is None:
            continue
        module = sink.scope.module
        text = bench.text(module)
        statement = text.statement_of(call)
        function = _function_of(text, statement)
        own = [
            s for m, s in evidence.guards if m == module and _function_of(text, s) is function and function
        ]
        others = [(m, s) for m, s in evidence.guards if s not in own]
        if not own:
            continue
        edits = [(module, text.dropping(s)) for s in own]
        edits += [(module, text.after(statement, "\n".join(_outdented(text, s) for s in own)))]
        edits += [(m, bench.text(m).dropping(s)) for m, s in others]
        edits += [(m, bench.text(m).dropping(bench.text(m).statement_of(c))) for m, c in evidence.completions]
        yield counterexample(
            contract,
            "below the sink",
            f"{sink.scope.qualified} checks after it has acted",
            *_merge(bench, edits),
        )


def _swallowed(
    contract: OrderingContract, bench: Bench, evidence: Evidence, sinks: list[Site]
) -> Iterator[Counterexample]:
    """Callers of a function with a guard and a sink go on whatever it raises."""
    if not evidence.guards:
        return
    for sink in sinks:
        scope: Scope = sink.scope
        if scope.kind != "function":
            continue
        own = [s for m, s in evidence.guards if m == scope.module]
        text = bench.text(scope.module)
        if not any(_function_of(text, s) is text.function(scope.qualname) for s in own):
            continue
        for caller in spread(bench.analysis.calls.of(FunctionValue(scope.module, scope.qualname)), _CALLERS):
            call = _call(caller, bench)
            module = caller.scope.module
            if call is None or (
                contract.handled_in is not None and contract.handled_in.matches(bench.subject(module))
            ):
                continue
            text = bench.text(module)
            statement = text.statement_of(call)
            for operator, edit in (
                ("swallowed by a caller", text.around(statement, "try:", "except Exception:\n    pass")),
                (
                    "suppressed by a caller",
                    text.around(statement, "import contextlib\nwith contextlib.suppress(Exception):"),
                ),
            ):
                yield counterexample(
                    contract,
                    operator,
                    f"{caller.scope.qualified} goes on whatever {scope.qualified} raises",
                    bench.edit(module, edit),
                )


def _left_early(contract: OrderingContract, bench: Bench, sinks: list[Site]) -> Iterator[Counterexample]:
    for sink in sinks:
        call = _call(sink, bench)
        if call is None or sink.scope.kind != "function":
            continue
        text = bench.text(sink.scope.module)
        yield counterexample(
            contract,
            "left early",
            f"{sink.scope.qualified} returns right after the call",
            bench.edit(
                sink.scope.module, text.after(text.statement_of(call), "if __name__:\n    return None")
            ),
        )


# --- new callers ------------------------------------------------------------------------------------------------


def _new_callers(contract: OrderingContract, bench: Bench, sinks: list[Site]) -> Iterator[Counterexample]:
    """New functions that call the sink as an existing call does, without anything around it."""
    for sink in spread(sinks, _CALLERS):
        call = _call(sink, bench)
        if call is None or sink.scope.kind != "function":
            continue
        module = sink.scope.module
        text = bench.text(module)
        function = text.function(sink.scope.qualname)
        if function is None:
            continue
        wait = "await " if isinstance(text.parent(call), ast.Await) else ""
        head = "async def" if wait else "def"
        shown = f"{wait}{text.segment(call)}"
        renamed = shown.replace(text.segment(call.func), "zzz_act", 1)
        for operator, body in (
            ("second caller", f"    {_one_line(shown)}"),
            (
                "second caller, by another name",
                f"    zzz_act = {_one_line(text.segment(call.func))}\n    {_one_line(renamed)}",
            ),
            (
                "second caller, guarded by an assertion",
                f"    assert {_condition(contract) or 'self'}\n    {_one_line(shown)}",
            ),
        ):
            code = f"{head} zzz_bypass({_arguments(function)}):\n{body}"
            if sink.scope.owner is not None:
                code = f"class ZzzBypass({sink.scope.owner.qualname}):\n{textwrap.indent(code, '    ')}"
            yield counterexample(
                contract,
                operator,
                f"{module} gets another caller of {_one_line(text.segment(call.func))}",
                bench.append(module, code),
            )


def _condition(contract: OrderingContract) -> str:
    if contract.dominated_by is None:
        return ""
    guards = [leaf for leaf in _leaves(contract.dominated_by) if isinstance(leaf, RaisesUnless)]
    return f"not ({guards[0].condition.text})" if guards else ""


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The parameters of the calling function, and everything it has named by then."""
    names = [a.arg for a in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
    stored = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    typed = {
        a.arg: f"{a.arg}: {ast.unparse(a.annotation)}"
        for a in ast.walk(function.args)
        if isinstance(a, ast.arg) and a.annotation
    }
    return ", ".join([*(typed.get(n, n) for n in names), *sorted(stored - set(names))])


# --- places -----------------------------------------------------------------------------------------------------


def _function_of(text: SourceText, node: ast.AST) -> ast.AST | None:
    current: ast.AST | None = node
    while current is not None and not isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef):
        current = text.parent(current)
    return current


def _outdented(text: SourceText, statement: ast.stmt) -> str:
    return textwrap.dedent(text.indentation(statement) + text.segment(statement))


def _one_line(code: str) -> str:
    return " ".join(code.split())
