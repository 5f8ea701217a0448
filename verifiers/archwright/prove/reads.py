"""Counterexamples of read contracts: moments dropped or replaced by the clock, orders taken away, fields lost."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from archwright.contracts.language import Selector
from archwright.project.code import Scope
from archwright.project.execution.heap import Object
from archwright.project.execution.machine import Machine
from archwright.project.execution.roots import follow_root
from archwright.project.execution.trace import Trace
from archwright.project.execution.values import Unknown
from archwright.project.queries.readings import readings
from archwright.project.requests.identity import Identity
from archwright.project.requests.parameters import Requests
from archwright.prove.bench import Bench, counterexample
from archwright.prove.counterexample import Counterexample
from archwright.prove.spread import spread
from archwright.prove.text import Edit, Function, SourceText
from archwright.verifiers.bodies import SelectedBodies
from archwright.verifiers.reads.clock import ClockContract
from archwright.verifiers.reads.expiry import ExpiryContract
from archwright.verifiers.reads.ordered import OrderedContract, order_matters
from archwright.verifiers.reads.persisted import PersistedContract
from archwright.verifiers.reads.reads import AsOfContract
from archwright.verifiers.reads.scoped import ScopedContract, follow_request

_SITES = 6
_ORDERING = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


def derive_as_of(contract: AsOfContract, bench: Bench) -> Iterator[Counterexample]:
    """Routes that take no moment, forget it or ask again; drivers that bound by the clock, or by nothing."""
    machine = bench.analysis.following.machine(contract.registered_by)
    requests = Requests(machine, contract.parameter)
    for module, qualname in spread(_functions(contract.reads, bench), _SITES):
        function = bench.text(module).function(qualname)
        if function is None:
            continue
        text, name = bench.text(module), f"{module}.{qualname}"
        if contract.echoed is not None:
            last = function.body[-1]
            if isinstance(last, ast.Return) and last.value is not None:
                edit = text.replacing(last.value, "{'data': None, 'meta': {}}")
                yield counterexample(
                    contract, "echo dropped", f"{name} says no moment", bench.edit(module, edit)
                )
        scope = bench.analysis.inference.index(module).scopes[qualname]
        heap: dict[int, Object] = {}
        trace = follow_root(machine, scope, requests.parameters(scope, heap), heap)
        yield from _bounds(contract, bench, trace, contract.parameter)


def derive_scoped(contract: ScopedContract, bench: Bench) -> Iterator[Counterexample]:
    """Statements that no longer ask whose rows they are about, rows for one tenant, and a tenant the client names."""
    machine = bench.analysis.following.machine(contract.registered_by)
    identity = Identity(machine, contract.principal)
    column = str(contract.column)
    places: dict[tuple[str, str], None] = {}
    for module, qualname in spread(_functions(contract.requests, bench), _SITES):
        scope = bench.analysis.inference.index(module).scopes[qualname]
        trace, _ = follow_request(identity, machine, scope)
        reached = {run.chain.function for run in trace.runs if not run.chain.guessed}
        places.update(dict.fromkeys(key for key in reached if key[0] in bench.modules))
    compared = {key: found for key in sorted(places) if (found := _compared(key, column, bench))}
    for module, qualname in spread(list(compared), _SITES):
        what = f"{module}.{qualname} compares {column} with itself"
        edits = compared[module, qualname]
        yield counterexample(contract, "tenant not asked", what, bench.edit(module, *edits))
    named = [
        (key, given)
        for key in _functions(contract.requests, bench)
        if (given := _sent_to(bench.analysis.inference.index(key[0]).scopes[key[1]], identity, machine))
    ]
    for (module, qualname), given in spread(named, _SITES):
        function = bench.text(module).function(qualname)
        scope = bench.analysis.inference.index(module).scopes[qualname]
        if function is not None:
            for name, field in identity.principals(scope):
                code = f"import dataclasses as zzz\n\n{name} = zzz.replace({name}, {field}={given})"
                edit = bench.text(module).at_start(function, code)
                what = f"{module}.{qualname} takes the tenant from {given}"
                yield counterexample(contract, "tenant from the request", what, bench.edit(module, edit))


def _compared(key: tuple[str, str], column: str, bench: Bench) -> list[Edit]:
    """Every comparison of a column with something, in one function, made one with itself."""
    text = bench.text(key[0])
    function = text.function(key[1])
    return [
        text.replacing(node.comparators[0], text.segment(node.left))
        for node in (ast.walk(function) if function is not None else ())
        if isinstance(node, ast.Compare)
        and isinstance(node.ops[0], ast.Eq)
        and isinstance(node.left, ast.Attribute)
        and node.left.attr == column
    ]


def _sent_to(scope: Scope, identity: Identity, machine: Machine) -> str:
    """A parameter the client sends; empty where there is none."""
    for value in identity.parameters(scope, {}).values():
        for atom in value:
            if isinstance(atom, Unknown) and atom.parameter:
                return atom.parameter
    return ""


def derive_clock(contract: ClockContract, bench: Bench) -> Iterator[Counterexample]:
    """The clock, chance and the environment asked in functions on the way of a read."""
    machine = bench.analysis.following.machine(contract.registered_by)
    edge = SelectedBodies(contract.edge, bench.analysis)
    service = SelectedBodies(contract.time_service, bench.analysis)
    for module, qualname in spread(_functions(contract.reads, bench), _SITES):
        trace = _followed(machine, bench, module, qualname)
        inner = [k for k in trace.visited if k not in edge and k not in service and k[0] in bench.modules]
        for place, effect in zip(spread(inner, len(_CALLS)), sorted(_CALLS), strict=False):
            function = bench.text(place[0]).function(place[1])
            if function is None or effect not in contract.forbid:
                continue
            edit = bench.text(place[0]).at_start(function, f"import {_MODULES[effect]}\n\n{_CALLS[effect]}")
            what = f"{place[0]}.{place[1]} asks for {effect} on the way of {module}.{qualname}"
            yield counterexample(contract, f"{effect} asked", what, bench.edit(place[0], edit))


def derive_expiry(contract: ExpiryContract, bench: Bench) -> Iterator[Counterexample]:
    """The clock in place of the moment, in each comparison of an expiry."""
    fields = {str(name) for name in contract.fields}
    for module, qualname in _functions(contract.units, bench):
        text = bench.text(module)
        function = text.function(qualname)
        for node in ast.walk(function) if function is not None else ():
            if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], _ORDERING):
                continue
            sides = (node.left, node.comparators[0])
            for side, other in (sides, sides[::-1]):
                if isinstance(side, ast.Attribute) and side.attr in fields and isinstance(other, ast.Name):
                    if function is None:
                        continue
                    edits = _with_clock(text, function, other)
                    what = f"{module}.{qualname} compares {side.attr} with the clock"
                    yield counterexample(contract, "clock compared", what, bench.edit(module, *edits))


def derive_ordered(contract: OrderedContract, bench: Bench) -> Iterator[Counterexample]:
    """Orders without their last key, and none at all."""
    machine = bench.analysis.following.machine()
    places: list[tuple[str, ast.Call]] = []
    for module, qualname in _functions(contract.units, bench):
        if module not in bench.analysis.storage.touching:
            continue
        function = bench.text(module).function(qualname)
        trace = _followed(machine, bench, module, qualname)
        levels = [
            reading.level is not None and order_matters(reading.level, run, trace)
            for run in trace.runs
            for reading in readings(run, bench.analysis.storage.models("postgresql"))
        ]
        if function is None or not levels or not all(levels):
            continue
        for node in ast.walk(function):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr == "order_by" and len(node.args) > 1:
                places.append((module, node))
    for module, call in spread(places, 2 * _SITES):
        text = bench.text(module)
        where = f"{module}:{call.lineno}"
        edits = [text.dropping_item(item) for item in call.args[1:]]
        first = text.replacing(call.args[0], "None")
        yield counterexample(
            contract, "order dropped", f"{where} orders by nothing", bench.edit(module, first, *edits)
        )


def derive_persisted(contract: PersistedContract, bench: Bench) -> Iterator[Counterexample]:
    """Fields left out, or stored as one and the same value, where a row is made; and not given back."""
    for module, qualname in _functions(contract.written_by, bench):
        text = bench.text(module)
        function = text.function(qualname)
        for node in ast.walk(function) if function is not None else ():
            if not isinstance(node, ast.keyword) or node.arg not in contract.fields:
                continue
            call = text.parent(node)
            if isinstance(call, ast.Call) and len(call.keywords) >= len(contract.fields):
                what = f"{module}.{qualname} and {node.arg}"
                yield counterexample(
                    contract, "field left out", what, bench.edit(module, text.dropping_item(node))
                )
                yield counterexample(
                    contract, "field constant", what, bench.edit(module, text.replacing(node.value, "'zzz'"))
                )


# --- helpers ----------------------------------------------------------------------------------------------------

_MODULES = {"clock": "time", "random": "random", "env": "os"}
_CALLS = {"clock": "time.time()", "random": "random.random()", "env": "os.getenv('ZZZ')"}


def _functions(selector: Selector, bench: Bench) -> list[tuple[str, str]]:
    """The functions *selector* means, in modules that can be edited."""
    found = []
    for module, qualname in SelectedBodies(selector, bench.analysis).all():
        scope = bench.analysis.inference.index(module).scopes.get(qualname)
        if scope is not None and scope.kind == "function" and module in bench.modules and "#" not in qualname:
            found.append((module, qualname))
    return found


def _followed(machine: Machine, bench: Bench, module: str, qualname: str) -> Trace:
    scope = bench.analysis.inference.index(module).scopes[qualname]
    return follow_root(machine, scope)


def _bounds(contract: AsOfContract, bench: Bench, trace: Trace, parameter: str) -> Iterator[Counterexample]:
    """Comparisons on the way of a read that are its bounds: with the clock instead, and gone."""
    carrying = {id(p.chain) for p in trace.passings if parameter in p.parameters}
    holders: dict[tuple[str, str], None] = {}
    for run in trace.runs:
        # The innermost function above the statement that still has the moment.
        hops = [hop for hop in run.chain.hops() if id(hop) in carrying and hop.function[0] in bench.modules]
        if hops and not run.chain.guessed:
            holders[hops[-1].function] = None
    for module, qualname in spread(holders, 2):
        text = bench.text(module)
        function = text.function(qualname)
        if function is None:
            continue
        what = f"{module}.{qualname} forgets {parameter}"
        code = f"import datetime as zzz\n\n{parameter} = zzz.datetime.now()"
        yield counterexample(
            contract, "clock instead", what, bench.edit(module, text.at_start(function, code))
        )


def _with_clock(text: SourceText, function: Function, name: ast.Name) -> tuple[Edit, Edit]:
    return (
        text.at_start(function, "import datetime as zzz"),
        text.replacing(name, "zzz.datetime.now()"),
    )
