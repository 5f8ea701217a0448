"""Counterexamples of contracts on headers: claims that are gone, said elsewhere, made up, or overtaken by the code."""

from __future__ import annotations

from collections.abc import Iterator

from archwright.project.headers import Item, claims, items, named
from archwright.prove.bench import Bench, counterexample
from archwright.prove.counterexample import Changes, Counterexample
from archwright.prove.spread import spread
from archwright.verifiers.declarations.access import AccessClaimsContract
from archwright.verifiers.declarations.callers import CallersContract
from archwright.verifiers.declarations.declarations import (
    KeysContract,
    module_subject,
    modules_with_code,
    words_of,
)
from archwright.verifiers.declarations.docs import DocstringsContract
from archwright.verifiers.declarations.imports import ImportClaimsContract
from archwright.verifiers.declarations.lifecycle import LifecycleContract

_SITES = 10
_NOBODY = "zzz_nobody_at_all"
_DOCUMENTED = {
    "module": "",
    "class": "class ZzzProbe:\n    value = 1",
    "function": "def zzz_probe():\n    return 1",
    "method": 'class ZzzProbe:\n    """Something to probe with."""\n\n    def zzz(self):\n        return 1',
}


def derive_keys(contract: KeysContract, bench: Bench) -> Iterator[Counterexample]:
    """Keys that are gone, empty, moved into a docstring, or said twice."""
    keys = [str(key) for key, rule in contract.keys.items() if not rule.optional]
    for turn, module in enumerate(spread(_modules(contract, bench), _SITES)):
        if not keys:
            return
        key = keys[turn % len(keys)]
        line = _line(bench, module, key)
        if line is None:
            continue
        text = _lines(bench, module)
        written = text[line]
        yield _changed(
            contract, bench, module, "missing key", f"has no {key}", [*text[:line], *text[line + 1 :]]
        )
        empty = f"# {key}:\n"
        yield _changed(
            contract,
            bench,
            module,
            "empty key",
            f"says nothing as {key}",
            [*text[:line], empty, *text[line + 1 :]],
        )
        quoted = [f'"""\n{written}"""\n', *text[:line], *text[line + 1 :]]
        yield _changed(contract, bench, module, "key in a docstring", f"says {key} in a docstring", quoted)
        twice = [*text[:line], written, *text[line:]]
        yield _changed(contract, bench, module, "repeated key", f"says {key} twice", twice)


def derive_callers(contract: CallersContract, bench: Bench) -> Iterator[Counterexample]:
    """Callers that are made up, left out, or new."""
    modules = _modules(contract, bench)
    words = words_of({str(word): group for word, group in contract.words.items()}, bench.analysis)
    for turn, module in enumerate(spread(modules, _SITES)):
        line = _line(bench, module, contract.key)
        if line is None:
            continue
        text = _lines(bench, module)
        made_up = f"{text[line].rstrip()}, x.{_NOBODY}\n"
        yield _changed(
            contract,
            bench,
            module,
            "made-up caller",
            f"names {_NOBODY}",
            [*text[:line], made_up, *text[line + 1 :]],
        )
        importers = bench.analysis.importers.get(module, {})
        if contract.undeclared == "fail" and any(e.target == module for e in importers.values()):
            nobody = [*text[:line], f"# {contract.key}: none\n", *text[line + 1 :]]
            yield _changed(contract, bench, module, "callers left out", "names no caller", nobody)
            yield from _new_caller(contract, bench, module, turn, words.known)


def derive_import_claims(contract: ImportClaimsContract, bench: Bench) -> Iterator[Counterexample]:
    """Imports a header does not allow or forbids, at the top, in a function, and under another name."""
    foreign = "zzz_package"
    ways = (
        ("import", f"import {foreign}"),
        ("lazy import", f"def zzz_probe():\n    from {foreign} import something\n\n    return something"),
        (
            "dynamic import",
            f"from importlib import import_module as zzz_load\n\nzzz = zzz_load('{foreign}.part')",
        ),
    )
    for turn, module in enumerate(spread(_modules(contract, bench), _SITES)):
        operator, code = ways[turn % len(ways)]
        if contract.allowed_key is not None:
            description = f"{module} imports {foreign}, which its header does not allow"
            yield counterexample(contract, f"{operator} not allowed", description, bench.append(module, code))
        line = _line(bench, module, contract.forbidden_key) if contract.forbidden_key is not None else None
        if line is not None:
            text = _lines(bench, module)
            forbidding = [*text[:line], f"# {contract.forbidden_key}: {foreign}\n", *text[line + 1 :]]
            changes: Changes = {bench.text(module).path: "".join([*forbidding, "\n\n", code, "\n"])}
            description = f"{module} imports {foreign}, which its header forbids"
            yield counterexample(contract, f"{operator} forbidden", description, changes)


def derive_access_claims(contract: AccessClaimsContract, bench: Bench) -> Iterator[Counterexample]:
    """Tables a header makes up, and tables it does not know."""
    for module in spread(_modules(contract, bench), _SITES):
        for key in filter(None, (contract.reads_key, contract.writes_key)):
            line = _line(bench, module, key)
            if line is None:
                continue
            text = _lines(bench, module)
            made_up = [*text[:line], f"# {key}: zzz_table\n", *text[line + 1 :]]
            yield _changed(contract, bench, module, "made-up table", f"says zzz_table as {key}", made_up)


def derive_docstrings(contract: DocstringsContract, bench: Bench) -> Iterator[Counterexample]:
    """Definitions nobody explained."""
    kinds = [kind for kind in contract.what if _DOCUMENTED[kind]]
    for turn, module in enumerate(spread(_modules(contract, bench), _SITES)):
        if kinds:
            kind = kinds[turn % len(kinds)]
            description = f"{module} has a {kind} without a docstring"
            yield counterexample(
                contract, f"bare {kind}", description, bench.append(module, _DOCUMENTED[kind])
            )


def derive_lifecycle(contract: LifecycleContract, bench: Bench) -> Iterator[Counterexample]:
    """Modules that are marked as on their way out while nobody imports them any more."""
    for module in spread(_modules(contract, bench), _SITES):
        if contract.unused and not bench.analysis.importers.get(module):
            text = _lines(bench, module)
            marked = [f"# {contract.marker}: gone soon\n", *text]
            yield _changed(contract, bench, module, "unused leftover", f"is marked {contract.marker}", marked)


def _new_caller(
    contract: CallersContract, bench: Bench, module: str, turn: int, words: frozenset[str]
) -> Iterator[Counterexample]:
    """An import by a module that no item of the header can mean: one of another group."""
    claimed = claims(bench.project, module, contract.key)
    listed = items(claimed[0].value, words) if claimed else []
    if any(not item.name for item in listed):
        return
    others = [m for m in bench.modules if m != module and m not in bench.analysis.importers.get(module, {})]
    others = [
        m for m in others if module_subject(m, bench.analysis).unit is not None and not _named(m, listed)
    ]
    others = [
        m
        for m in others
        if contract.except_callers is None
        or not contract.except_callers.matches(module_subject(m, bench.analysis))
    ]
    if others:
        caller = others[(turn * 7) % len(others)]
        package, _, name = module.rpartition(".")
        code = f"def zzz_probe():\n    from {package} import {name}\n\n    return {name}"
        description = f"{caller} imports {module}, whose header does not name it"
        yield counterexample(contract, "new caller", description, bench.append(caller, code))


def _named(module: str, listed: list[Item]) -> bool:
    return any(named(item.name, module) for item in listed)


def _modules(
    contract: KeysContract
    | CallersContract
    | ImportClaimsContract
    | AccessClaimsContract
    | DocstringsContract
    | LifecycleContract,
    bench: Bench,
) -> list[str]:
    editable = frozenset(bench.modules)
    return [m for m in modules_with_code(contract.units, bench.analysis) if m in editable]


def _line(bench: Bench, module: str, key: str) -> int | None:
    """The place of a key's line in the lines of the file; None where it has none, or goes on over several."""
    found = claims(bench.project, module, key)
    if len(found) != 1 or found[0].value.endswith(","):
        return None
    return found[0].line - 1


def _lines(bench: Bench, module: str) -> list[str]:
    return bench.text(module).text.splitlines(keepends=True)


def _changed(
    contract: KeysContract | CallersContract | AccessClaimsContract | LifecycleContract,
    bench: Bench,
    module: str,
    operator: str,
    what: str,
    lines: list[str],
) -> Counterexample:
    return counterexample(
        contract, operator, f"the header of {module} {what}", {bench.text(module).path: "".join(lines)}
    )
