"""Where code does what an ordering contract asks for: the guards and the calls that counterexamples take away."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import msgspec

from archwright.contracts.language import AllOf, AnyOf, Completed, RaisesUnless, Requirement
from archwright.project.calls.calls import Site
from archwright.project.effects.effects import Key
from archwright.project.types.values import FunctionValue
from archwright.prove.bench import Bench
from archwright.prove.text import Function, SourceText

_MOST_CALLERS = 40
_MOST_FUNCTIONS = 3_000
Place = tuple[str, ast.stmt]
"""A module and a statement in it."""


class Evidence(msgspec.Struct, frozen=True):
    """Where the code does what a requirement asks for."""

    guards: tuple[Place, ...]
    completions: tuple[tuple[str, ast.Call], ...]

    def statements(self, bench: Bench) -> list[Place]:
        """The guards, and the statements that complete something, each once."""
        places = dict.fromkeys(self.guards)
        places.update(dict.fromkeys((m, bench.text(m).statement_of(call)) for m, call in self.completions))
        return list(places)


def parts(requirement: Requirement | None) -> Iterator[Requirement]:
    """What each has to hold: one of a list of alternatives as a whole, of a list of demands each."""
    if isinstance(requirement, AllOf):
        for item in requirement.items:
            yield from parts(item)
    elif requirement is not None:
        yield requirement


def leaves(requirement: Requirement) -> Iterator[Requirement]:
    """The guards and completions a requirement speaks of."""
    if isinstance(requirement, AnyOf | AllOf):
        for item in requirement.items:
            yield from leaves(item)
    else:
        yield requirement


def evidence_of(requirement: Requirement, bench: Bench, near: frozenset[Key]) -> Evidence:
    """What *requirement* asks for, as far as it is done in the functions *near*, or completed anywhere."""
    guards: list[Place] = []
    completions: list[tuple[str, ast.Call]] = []
    for leaf in leaves(requirement):
        if isinstance(leaf, RaisesUnless):
            guards += _guards(leaf, bench, near)
        elif isinstance(leaf, Completed):
            for site in bench.analysis.calls.selected(leaf.call):
                call = call_of(site, bench)
                if call is not None:
                    completions.append((site.scope.module, call))
    return Evidence(tuple(guards), tuple(completions))


def around(sinks: list[Site], bench: Bench) -> frozenset[Key]:
    """The functions that make the calls *sinks*, whoever calls those, nearest first, and everything these run."""
    above: set[Key] = set()
    pending = [(site.scope.module, site.scope.qualname) for site in sinks]
    while pending and len(above) < _MOST_CALLERS:
        key = pending.pop(0)
        if key not in above:
            above.add(key)
            callers = bench.analysis.calls.of(FunctionValue(*key)) if key[1] else ()
            pending += [(site.scope.module, site.scope.qualname) for site in callers if site.certain]
    found: set[Key] = set()
    pending = sorted(above)
    while pending and len(found) < _MOST_FUNCTIONS:
        key = pending.pop()
        if key not in found:
            found.add(key)
            pending += [edge.target for edge in bench.analysis.effects.of(key).edges]
    return frozenset(found)


def call_of(site: Site, bench: Bench) -> ast.Call | None:
    """The call at *site*; None where it is none, or its file cannot be edited."""
    if not site.is_call or site.scope.module not in bench.modules:
        return None
    return bench.text(site.scope.module).call_at(site.node.at)


def function_of(text: SourceText, node: ast.AST) -> Function | None:
    """The function *node* stands in."""
    current: ast.AST | None = node
    while current is not None and not isinstance(current, Function):
        current = text.parent(current)
    return current


def _guards(leaf: RaisesUnless, bench: Bench, near: frozenset[Key]) -> Iterator[Place]:
    """The statements that ask the contract's condition in its own words, or part of it, and raise."""
    wanted = ast.parse(leaf.condition.text.strip(), mode="eval").body
    words = sorted({n.attr for n in ast.walk(wanted) if isinstance(n, ast.Attribute)})
    for module in bench.analysis.project.mentioning(words):
        if module not in bench.modules:
            continue
        text = bench.text(module)
        here = {id(node) for name, node in text.definitions.items() if (module, name) in near}
        for node in text.nodes(ast.If):
            function = function_of(text, node)
            if (
                any(isinstance(s, ast.Raise) for s in node.body)
                and id(function) in here
                and _asked(_written_out(node.test, function)) == _asked([wanted])
            ):
                yield module, node


def _asked(tests: list[ast.expr]) -> set[str]:
    """What a condition asks about, whoever it is asked of and whatever it is given: ``self.config.save`` and ``config.save``
    are one, and so are ``limits.allowed(tenant)`` and ``allowed(account)``. Where it only names variables: those.
    """
    attributes: set[str] = set()
    names: set[str] = set()
    for test in tests:
        inside = {id(n.value) for n in ast.walk(test) if isinstance(n, ast.Attribute)}
        for node in ast.walk(test):
            if isinstance(node, ast.Attribute) and id(node) not in inside:
                attributes.add(node.attr)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                attributes.add(node.func.id)
            elif isinstance(node, ast.Name) and id(node) not in inside:
                names.add(node.id)
    return attributes or names


def _written_out(test: ast.expr, function: ast.AST | None) -> list[ast.expr]:
    """*test*; or, where it only names variables that the function gives a value once, those values."""
    if any(isinstance(n, ast.Attribute | ast.Call) for n in ast.walk(test)) or function is None:
        return [test]
    values: list[ast.expr] = []
    for name in {n.id for n in ast.walk(test) if isinstance(n, ast.Name)}:
        given = [
            n.value
            for n in ast.walk(function)
            if isinstance(n, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in n.targets)
        ]
        if len(given) != 1:
            return [test]
        values += given
    return values or [test]
