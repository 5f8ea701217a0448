"""Every way Python has to import something, as a change of a module."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archwright.prove.bench import Bench
from archwright.prove.counterexample import Changes
from archwright.prove.imports.targets import Target
from archwright.verifiers.imports.imports import ImportsContract

Way = Callable[[str, Target], Changes | None]
"""The changes that make a module import a target; None where there is no such way."""


def import_ways(contract: ImportsContract, bench: Bench) -> Iterator[tuple[str, Way]]:
    """Every way but those the contract excepts. Statements only for what they can name: ``132_ledger`` is no identifier."""
    for mode, operator, template in _TEMPLATES:
        if mode not in contract.except_modes:
            yield operator, _if_named(_appending(bench, template))
    if "runtime" not in contract.except_modes:
        yield "relative import", _if_named(lambda source, target: _relative(bench, source, target))
    if not {"runtime", "attribute"} & set(contract.except_modes):
        yield (
            "attribute of the package",
            _if_named(lambda source, target: _attribute(bench, source, target)),
        )
    if "dynamic" not in contract.except_modes:
        yield "import_module", lambda source, target: _dynamic(bench, source, target)
        yield "code in a text", _if_named(lambda source, target: _in_text(bench, source, target))


_TEMPLATES = (
    ("runtime", "plain import", "{statement}"),
    ("local", "lazy import", "def reach_for_it():\n    {statement}\n\n    return {name}"),
    ("runtime", "import under another name", "{aliased}\n\nborrowed = innocent"),
    (
        "type-only",
        "import for types",
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    {statement}",
    ),
    (
        "type-else",
        "import beside those for types",
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    pass\nelse:\n    {statement}",
    ),
    ("fallback", "import that may fail", "try:\n    {statement}\nexcept ImportError:\n    {name} = None"),
    ("class-body", "import in a class body", "class Reached:\n    {statement}"),
    ("conditional", "conditional import", "if __debug__:\n    {statement}"),
)


def _if_named(way: Way) -> Way:
    def change(source: str, target: Target) -> Changes | None:
        return way(source, target) if all(map(str.isidentifier, target.module.split("."))) else None

    return change


def _appending(bench: Bench, template: str) -> Way:
    def change(source: str, target: Target) -> Changes:
        package, _, last = target.module.rpartition(".")
        if target.name:
            statement = f"from {target.module} import {target.name}"
            name = target.name
        elif package:
            statement, name = f"from {package} import {last}", last
        else:
            statement, name = f"import {last}", last
        aliased = f"{statement} as innocent"
        return bench.append(source, template.format(statement=statement, aliased=aliased, name=name))

    return change


def _relative(bench: Bench, source: str, target: Target) -> Changes | None:
    package = bench.package_of(source).split(".")
    wanted = target.module.split(".")
    if not target.internal or package[0] != wanted[0]:
        return None
    shared = next(
        (i for i, (a, b) in enumerate(zip(package, wanted, strict=False)) if a != b),
        min(len(package), len(wanted)),
    )
    shared = min(shared, len(wanted) - 1)
    dots = "." * (len(package) - shared + 1)
    *between, last = wanted[shared:]
    if target.name:
        between, last = [*between, last], target.name
    return bench.append(source, f"from {dots}{'.'.join(between)} import {last}")


def _attribute(bench: Bench, source: str, target: Target) -> Changes | None:
    root, dot, _ = target.module.partition(".")
    if not dot:
        return None
    name = f".{target.name}" if target.name else ""
    return bench.append(source, f"import {root}\n\nreached = {target.module}{name}")


def _dynamic(bench: Bench, source: str, target: Target) -> Changes | None:
    if target.name:
        return None
    head, _, last = target.module.rpartition(".")
    name = f"{head + '.'!r} + {last!r}" if head else repr(last)
    return bench.append(
        source, f"import importlib\n\n\ndef reach_for_it():\n    return importlib.import_module({name})"
    )


def _in_text(bench: Bench, source: str, target: Target) -> Changes | None:
    if target.name:
        return None
    return bench.append(source, f"def reach_for_it():\n    exec({f'import {target.module}'!r})")
