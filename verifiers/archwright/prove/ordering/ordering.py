"""Counterexamples of ordering contracts: the guard gone, below the call, in a branch never taken, its exception swallowed, and
what must be completed not awaited, not called, or called too late; and new callers that never heard of either.

What a contract lets be met in several ways is broken in all of them at once: what is left would be a way to meet it.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Iterator

from archwright.project.calls.calls import Site
from archwright.project.code import Scope
from archwright.project.types.values import FunctionValue
from archwright.prove.bench import Bench, counterexample
from archwright.prove.counterexample import Changes, Counterexample
from archwright.prove.ordering.callers import derive_new_callers
from archwright.prove.ordering.evidence import Evidence, around, call_of, evidence_of, function_of, parts
from archwright.prove.spread import spread
from archwright.prove.text import Edit, Function, SourceText
from archwright.verifiers.bodies import is_meant
from archwright.verifiers.ordering.ordering import OrderingContract

_CALLERS = 4


def derive_ordering(contract: OrderingContract, bench: Bench) -> Iterator[Counterexample]:
    """Breaks the order at each sink of the code, and adds sinks without any."""
    sinks = [s for s in bench.analysis.calls.selected(contract.sink) if s.is_call]
    if contract.within is not None:
        within = [s for s in sinks if is_meant(contract.within, s.scope, bench.analysis)]
        sinks = (
            within or sinks
        )  # a contract that looks where nothing is called survives what is done elsewhere
    near = around(sinks, bench)
    asked = [r for r in (contract.dominated_by, contract.followed_by) if r is not None]
    every = [evidence_of(r, bench, near) for r in asked]
    done = Evidence(tuple(g for e in every for g in e.guards), tuple(c for e in every for c in e.completions))
    yield from derive_new_callers(contract, bench, sinks, done)
    told = [s for s in sinks if _is_told(s, bench)]
    for requirement in asked if told else ():
        for part in parts(requirement):
            evidence = evidence_of(part, bench, near)
            yield from _weakened(contract, bench, evidence, sinks)
            if requirement is contract.dominated_by:
                yield from _too_late(contract, bench, evidence, sinks)
    if contract.dominated_by is not None:
        yield from _swallowed(contract, bench, evidence_of(contract.dominated_by, bench, near), sinks)
    if contract.followed_by is not None:
        yield from _left_early(contract, bench, sinks, evidence_of(contract.followed_by, bench, near))


def _is_told(sink: Site, bench: Bench) -> bool:
    """Whether the call is surely made where it stands, not by somebody who is handed a lambda."""
    call = call_of(sink, bench)
    if call is None or not sink.certain:
        return False
    node: ast.AST | None = call
    while node is not None and not isinstance(node, Function):
        if isinstance(node, ast.Lambda):
            return False
        node = bench.text(sink.scope.module).parent(node)
    return True


# --- the evidence weakened --------------------------------------------------------------------------------------

Weaken = Callable[[SourceText, ast.stmt], Edit]


def _weakened(
    contract: OrderingContract, bench: Bench, evidence: Evidence, sinks: list[Site]
) -> Iterator[Counterexample]:
    places = evidence.statements(bench)
    if not places:
        return
    calls = [(s.scope.module, call) for s in sinks if (call := call_of(s, bench)) is not None]
    if any(_holds_sink(statement, module, calls) for module, statement in places):
        # To take the statement away would be to take the sink away, too.
        edits = [(m, bench.text(m).replacing(c, "None")) for m, c in evidence.completions]
        edits += [(m, bench.text(m).dropping(s)) for m, s in evidence.guards]
        yield counterexample(contract, "dropped", "what has to happen is gone", *_merge(bench, edits))
        return
    begun = any(_is_begun(statement, bench.text(module)) for module, statement in places)
    for operator, description, weaken in _WEAKENED:
        if begun and operator != "dropped":
            continue  # what is only begun there fails, or is missed, where it is waited for
        changes = _merge(bench, [(m, weaken(bench.text(m), s)) for m, s in places])
        yield counterexample(contract, operator, f"what has to happen {description}", *changes)
    unawaited = [(m, c) for m, c in evidence.completions if isinstance(bench.text(m).parent(c), ast.Await)]
    if unawaited:
        edits = [(m, _unawaited(bench.text(m), c)) for m, c in unawaited]
        edits += [(m, bench.text(m).dropping(s)) for m, s in evidence.guards]
        yield counterexample(
            contract, "not awaited", "what has to be completed is only begun", *_merge(bench, edits)
        )


def _holds_sink(statement: ast.stmt, module: str, sinks: list[tuple[str, ast.Call]]) -> bool:
    inside = {id(node) for node in ast.walk(statement)}
    return any(m == module and id(call) in inside for m, call in sinks)


def _is_begun(statement: ast.stmt, text: SourceText) -> bool:
    """Whether a statement keeps something that is waited for elsewhere: a coroutine, a task."""
    names = set(_bound_by(statement))
    function = function_of(text, statement)
    return function is not None and any(
        isinstance(part, ast.Name) and part.id in names
        for waiting in ast.walk(function)
        if isinstance(waiting, ast.Await)
        for part in ast.walk(waiting)
    )


def _bound_by(statement: ast.stmt) -> list[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else ()
    return [n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]


def _instead(statement: ast.stmt, head: str) -> str:
    """*head*, below what gives a value to the names that *statement* may no longer give one."""
    return "\n".join([*(f"{name} = None" for name in _bound_by(statement)), head])


_WEAKENED: tuple[tuple[str, str, Weaken], ...] = (
    ("dropped", "is gone", lambda text, statement: text.dropping(statement)),
    (
        "in a dead branch",
        "stands below `if False`",
        lambda text, statement: text.around(statement, _instead(statement, "if False:")),
    ),
    (
        "in a branch",
        "happens only sometimes",
        lambda text, statement: text.around(
            statement, _instead(statement, "import random\nif random.random() > 0.5:")
        ),
    ),
    (
        "in a loop",
        "happens once for each of what may be none",
        lambda text, statement: text.around(statement, _instead(statement, "for _ in range(int('0')):")),
    ),
    (
        "swallowed in place",
        "stands in a `try` that goes on whatever is raised",
        lambda text, statement: text.around(
            statement, _instead(statement, "try:"), "except Exception:\n    pass"
        ),
    ),
    (
        "suppressed in place",
        "stands in a `with suppress(Exception)`",
        lambda text, statement: text.around(
            statement, _instead(statement, "import contextlib\nwith contextlib.suppress(Exception):")
        ),
    ),
    (
        "in a local function",
        "stands in a local function that nobody calls",
        lambda text, statement: text.around(
            statement, _instead(statement, f"{_head(text, statement)} zzz_later():")
        ),
    ),
)


def _head(text: SourceText, statement: ast.stmt) -> str:
    return "async def" if "await " in text.segment(statement) else "def"


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
        call = call_of(sink, bench)
        if call is None:
            continue
        module = sink.scope.module
        text = bench.text(module)
        statement = text.statement_of(call)
        function = function_of(text, statement)
        own = [s for m, s in evidence.guards if m == module and function_of(text, s) is function and function]
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
        if not any(function_of(text, s) is text.function(scope.qualname) for s in own):
            continue
        for caller in spread(bench.analysis.calls.of(FunctionValue(scope.module, scope.qualname)), _CALLERS):
            call = call_of(caller, bench)
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


def _left_early(
    contract: OrderingContract, bench: Bench, sinks: list[Site], evidence: Evidence
) -> Iterator[Counterexample]:
    """What has to follow in the same function is not come to."""
    for sink in sinks:
        call = call_of(sink, bench)
        if call is None or sink.scope.kind != "function":
            continue
        text = bench.text(sink.scope.module)
        here = [c for m, c in evidence.completions if m == sink.scope.module]
        if not any(function_of(text, c) is function_of(text, call) and not _is_final(c, text) for c in here):
            continue
        yield counterexample(
            contract,
            "left early",
            f"{sink.scope.qualified} returns right after the call",
            bench.edit(
                sink.scope.module, text.after(text.statement_of(call), "if __name__:\n    return None")
            ),
        )


def _is_final(node: ast.AST, text: SourceText) -> bool:
    """Whether it is done in a ``finally``, however the rest is left."""
    around: ast.AST | None = text.parent(node)
    while around is not None and not isinstance(around, Function):
        if isinstance(around, ast.Try) and any(n is node for s in around.finalbody for n in ast.walk(s)):
            return True
        around = text.parent(around)
    return False


def _outdented(text: SourceText, statement: ast.stmt) -> str:
    return textwrap.dedent(text.indentation(statement) + text.segment(statement))
