"""Counterexamples of event contracts: fields that go missing, types nobody declares, events that are stored unchecked."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from archwright.prove.bench import Bench, counterexample
from archwright.prove.counterexample import Counterexample
from archwright.prove.text import SourceText
from archwright.verifiers.events.declared import DeclaredContract
from archwright.verifiers.events.emitted import EmittedContract
from archwright.verifiers.events.events import EventsContract, declarations_of, functions_meant
from archwright.verifiers.events.validated import ValidatedContract
from archwright.verifiers.events.validator import ValidatorContract


def derive_declared(contract: DeclaredContract, bench: Bench) -> Iterator[Counterexample]:
    """The code's own tables changed: fields dropped, types renamed, base fields renamed."""
    tables = contract.tables
    for symbol in (tables.required, tables.optional, tables.base) if tables is not None else ():
        found = _table(symbol, bench) if symbol is not None else None
        if found is None:
            continue
        module, text, table = found
        for key, value in zip(table.keys, table.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                change = bench.edit(module, text.replacing(key, f'"{key.value}X"'))
                yield counterexample(contract, "key renamed", f"{symbol} has {key.value}X", change)
                if key.value in contract.base_types and symbol == (
                    tables.base if tables is not None else None
                ):
                    change = bench.edit(module, text.replacing(value, "bytes"))
                    yield counterexample(contract, "type changed", f"{key.value} is of bytes", change)
            if isinstance(value, ast.Tuple | ast.List) and len(value.elts) > 1:
                change = bench.edit(module, text.dropping_item(value.elts[0]))
                yield counterexample(contract, "field dropped", f"{symbol} lacks a field", change)
                extra = text.replacing(value.elts[-1], f'{text.segment(value.elts[-1])}, "spare_field"')
                yield counterexample(
                    contract, "field added", f"{symbol} has one more", bench.edit(module, extra)
                )


def derive_emitted(contract: EmittedContract, bench: Bench) -> Iterator[Counterexample]:
    """Events built with a field misspelt or left out, or of a type that is misspelt."""
    types = declarations_of(contract, bench.analysis).types
    tables = _table_modules(contract, bench)
    for module in bench.modules:
        summary = bench.project.summary(module)
        if module in tables or not any(summary.mentions(f) for t in types.values() for f in t.required):
            continue
        text = bench.text(module)
        for call in text.nodes(ast.Call):
            named = next((a for a in call.args if isinstance(a, ast.Constant) and a.value in types), None)
            if named is None:
                continue
            kind = str(named.value)
            misspelt = bench.edit(module, text.replacing(named, f'"{kind}X"'))
            yield counterexample(contract, "type misspelt", f"{module} makes a {kind}X", misspelt)
            for keyword in call.keywords:
                if keyword.arg in types[kind].required:
                    new = text.segment(keyword).replace(keyword.arg, f"{keyword.arg}_", 1)
                    change = bench.edit(module, text.replacing(keyword, new))
                    yield counterexample(
                        contract, "field misspelt", f"{module} says {keyword.arg}_ of a {kind}", change
                    )
                    dropped = bench.edit(module, text.dropping_item(keyword))
                    yield counterexample(
                        contract, "field left out", f"{module} makes a {kind} without {keyword.arg}", dropped
                    )
            if call.keywords:
                last = call.keywords[-1]
                extra = text.replacing(last, f"{text.segment(last)}, spare_field=1")
                yield counterexample(
                    contract, "field added", f"{module} says more of a {kind}", bench.edit(module, extra)
                )


def derive_validated(contract: ValidatedContract, bench: Bench) -> Iterator[Counterexample]:
    """The check dropped, made conditional, swallowed, or put after what it guards; and somebody else who stores."""
    word = contract.validator.call[0].text.rpartition(".")[2]
    for site in bench.analysis.calls.selected(contract.sinks):
        module, qualname = site.scope.module, site.scope.qualname
        text = bench.text(module)
        function = text.function(qualname)
        call = text.call_at(site.node.at) if site.is_call else None
        if function is None or call is None:
            continue
        checks = [s for s in ast.walk(function) if isinstance(s, ast.Expr) and _last(s.value) == word]
        for check in checks:
            where = f"in {qualname}"
            edits = {
                "check dropped": text.dropping(check),
                "check under if False": text.around(check, "if False:"),
                "check in debug only": text.around(check, "if __debug__ and False:"),
                "refusal swallowed": text.around(check, "try:", "except Exception:\n    pass"),
            }
            for operator, edit in edits.items():
                yield counterexample(contract, operator, where, bench.edit(module, edit))
            last = function.body[-1]
            late = bench.edit(module, text.dropping(check), text.before(last, text.segment(check)))
            if text.statement_of(call).lineno < last.lineno:
                yield counterexample(contract, "check after the sink", where, late)
        for table in ast.walk(function):
            for key, value in (
                zip(table.keys, table.values, strict=True) if isinstance(table, ast.Dict) else ()
            ):
                if isinstance(key, ast.Constant) and key.value in contract.varying:
                    change = bench.edit(module, text.replacing(value, "0"))
                    yield counterexample(
                        contract, "constant field", f"{qualname} says 0 as {key.value}", change
                    )
        made = text.segment(call.func)
        other = f"def spare_store(session, event):\n    session.add({made}(payload=event))"
        yield counterexample(
            contract, "another storer", f"{module} stores unchecked", bench.append(module, other)
        )


def _fails_anyway(test: ast.expr, function: ast.AST) -> bool:
    """Whether what a check would stop is stopped without it: ``kind not in TABLE``, where ``TABLE[kind]`` is asked for."""
    if not isinstance(test, ast.Compare) or not isinstance(test.ops[0], ast.NotIn):
        return False
    wanted = (ast.dump(test.comparators[0]), ast.dump(test.left))
    return any(
        isinstance(n, ast.Subscript) and (ast.dump(n.value), ast.dump(n.slice)) == wanted
        for n in ast.walk(function)
    )


def derive_validator(contract: ValidatorContract, bench: Bench) -> Iterator[Counterexample]:
    """A validator that returns early, or only says what is wrong."""
    for scope in functions_meant(contract.validator, bench.analysis):
        module = scope.module
        text = bench.text(module)
        function = text.function(scope.qualname)
        if function is None:
            continue
        early = bench.edit(module, text.at_start(function, "return None"))
        yield counterexample(contract, "returns at once", f"{scope.qualified} returns at once", early)
        for statement in ast.walk(function):
            check = text.parent(statement) if isinstance(statement, ast.Raise) else statement
            if isinstance(check, ast.If) and _fails_anyway(check.test, function):
                continue
            where = f"line {getattr(statement, 'lineno', 0)} of {scope.qualified}"
            if isinstance(statement, ast.Raise):
                dropped = bench.edit(module, text.dropping(statement))
                yield counterexample(contract, "raise dropped", f"{where} no longer raises", dropped)
                guarded = bench.edit(module, text.around(statement, "if __debug__ and False:"))
                yield counterexample(contract, "raise made conditional", f"{where} never raises", guarded)
            elif isinstance(statement, ast.If):
                never = bench.edit(
                    module, text.replacing(statement.test, f"False and ({text.segment(statement.test)})")
                )
                yield counterexample(contract, "condition never true", f"{where} is never true", never)


# --- places -----------------------------------------------------------------------------------------------------


def _table(symbol: str, bench: Bench) -> tuple[str, SourceText, ast.Dict] | None:
    """The dictionary a constant is made of, where it is written."""
    found = bench.project.names.resolve(symbol)
    if found.kind != "symbol" or found.module not in bench.modules:
        return None
    text = bench.text(found.module)
    for statement in text.tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        if any(isinstance(t, ast.Name) and t.id == found.symbol for t in targets):
            table = next((n for n in ast.walk(statement) if isinstance(n, ast.Dict)), None)
            return (found.module, text, table) if table is not None else None
    return None


def _table_modules(contract: EventsContract, bench: Bench) -> set[str]:
    tables = contract.tables
    symbols = (tables.base, tables.required, tables.optional) if tables is not None else ()
    return {bench.project.names.resolve(s).module for s in symbols if s is not None}


def _last(node: ast.AST) -> str:
    func = node.func if isinstance(node, ast.Call) else None
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
