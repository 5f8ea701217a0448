"""Counterexamples of import contracts: what must not be imported, imported in every way Python has."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from archwright.contracts.language import Contract, Selector, Subject
from archwright.prove.bench import Bench, counterexample
from archwright.prove.counterexample import Changes, Counterexample
from archwright.prove.spread import spread
from archwright.verifiers.ends import external_subject, is_stdlib
from archwright.verifiers.imports import (
    ForbidContract,
    GatewayContract,
    ImportsContract,
    OnlyContract,
    ResolveContract,
    WiringContract,
)

_SOURCES = 6
_TARGETS = 5
_FOREIGN = ("yaml", "requests", "numpy", "sqlalchemy", "click", "sqlite3", "json")
"""Packages a list of what may be imported hardly ever has all of."""


class Target(msgspec.Struct, frozen=True):
    """Something to import: a module, or a name in one."""

    module: str
    name: str = ""
    internal: bool = True

    @property
    def shown(self) -> str:
        """Its qualified name."""
        return f"{self.module}.{self.name}" if self.name else self.module


def derive_wiring(contract: WiringContract, bench: Bench) -> Iterator[Counterexample]:
    """Imports across every denied cell of the matrix, by one module of the row after the other."""
    rows = {str(id): row for topology in bench.topologies for id, row in topology.wiring.items()}
    by_layer: dict[str, list[str]] = {}
    for module in bench.matching(None):
        unit = bench.project.unit(module)
        if unit is not None:
            by_layer.setdefault(unit.layer, []).append(module)
    ways = list(import_ways(contract, bench))
    turn = 0
    for layer, row in rows.items():
        denied = [other for other in row.must_not if other != layer and other in by_layer]
        for source in spread(by_layer.get(layer, ()), _SOURCES):
            for other in denied:
                candidates = by_layer[other]
                target = Target(candidates[turn % len(candidates)])
                for step in range(3):
                    operator, change = ways[(turn + 3 * step) % len(ways)]
                    yield from _tried(contract, bench, source, target, operator, change)
                turn += 1
        if row.domain == "same":
            yield from _across_domains(contract, bench, by_layer.get(layer, []), ways)


def derive_forbid(contract: ForbidContract, bench: Bench) -> Iterator[Counterexample]:
    """Every way of importing, from modules all over the selection, of things all over what is forbidden."""
    yield from _imports(
        contract, bench, bench.matching(contract.from_), lambda own: _meant(contract.to, own, bench)
    )
    if contract.transitive:
        yield from _chains(contract, bench)


def derive_only(contract: OnlyContract, bench: Bench) -> Iterator[Counterexample]:
    """Imports of what is not on the list."""

    def stray(own: Subject) -> list[Target]:
        inside = [Target(m) for m in bench.matching(None) if not _is_around(m, own.module or "")]
        outside = [Target(name, internal=False) for name in _FOREIGN]
        return [t for t in (*outside, *inside) if not any(_matches(s, t, own, bench) for s in contract.to)]

    yield from _imports(contract, bench, bench.matching(contract.from_), stray)


def derive_gateway(contract: GatewayContract, bench: Bench) -> Iterator[Counterexample]:
    """Imports of what is protected by modules all over the code that are not let through."""
    outsiders = [
        m
        for m in bench.matching(None)
        if not contract.only_from.matches(bench.subject(m))
        and not any(s.matches(bench.subject(m)) for s in contract.to)
    ]
    yield from _imports(contract, bench, outsiders, lambda own: _meant(contract.to, own, bench))


def derive_resolve(contract: ResolveContract, bench: Bench) -> Iterator[Counterexample]:
    """Names and modules that are gone: from the import's side, and from the side of what is imported."""
    for module in spread(bench.matching(contract.from_), 24):
        package = bench.package_of(module)
        if "." not in package:
            continue
        yield counterexample(
            contract,
            "missing module",
            f"{module} imports a module that does not exist",
            bench.append(module, f"from {package} import module_that_is_gone"),
        )
        yield counterexample(
            contract,
            "missing module, in a function",
            f"a function of {module} imports a module that does not exist",
            bench.append(
                module, f"def reach():\n    import {package}.module_that_is_gone as gone\n\n    return gone"
            ),
        )
    used = sorted(
        (edge.target, edge.source)
        for source in bench.matching(contract.from_)
        for edge in bench.analysis.imports(source)
        if not edge.external and edge.mode not in contract.except_modes and edge.symbol == edge.target
    )
    for target, source in spread(used, 12):
        if bench.project.has(target) and not bench.project.file(target).is_package:
            yield counterexample(
                contract,
                "module deleted",
                f"{target}, which {source} imports, is deleted",
                {bench.project.file(target).path: None},
            )


# --- ways of importing ------------------------------------------------------------------------------------------

Way = Callable[[str, Target], Changes | None]
"""The changes that make a module import a target; None where there is no such way."""


def import_ways(contract: ImportsContract, bench: Bench) -> Iterator[tuple[str, Way]]:
    """Every way but those the contract excepts."""
    for mode, operator, template in _TEMPLATES:
        if mode not in contract.except_modes:
            yield operator, _appending(bench, template)
    if "runtime" not in contract.except_modes:
        yield "relative import", lambda source, target: _relative(bench, source, target)
    if "dynamic" not in contract.except_modes:
        yield "import_module", lambda source, target: _dynamic(bench, source, target)


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


def _dynamic(bench: Bench, source: str, target: Target) -> Changes | None:
    if target.name:
        return None
    head, _, last = target.module.rpartition(".")
    name = f"{head + '.'!r} + {last!r}" if head else repr(last)
    return bench.append(
        source, f"import importlib\n\n\ndef reach_for_it():\n    return importlib.import_module({name})"
    )


def _tried(
    contract: Contract, bench: Bench, source: str, target: Target, operator: str, way: Way
) -> Iterator[Counterexample]:
    changes = way(source, target)
    if changes is not None:
        yield counterexample(contract, operator, f"{source} imports {target.shown}: {operator}", changes)


def _imports(
    contract: ImportsContract, bench: Bench, sources: list[str], targets: Callable[[Subject], list[Target]]
) -> Iterator[Counterexample]:
    """Every way, each from another module to another target, as far as there are."""
    ways = list(import_ways(contract, bench))
    pairs = [
        (source, target)
        for source in spread(sources, _SOURCES)
        for target in spread([t for t in targets(bench.subject(source)) if t.module != source], _TARGETS)
    ]
    for turn, (operator, way) in enumerate(ways):
        for source, target in pairs[turn % 3 :: 3] or pairs:
            yield from _tried(contract, bench, source, target, operator, way)
    yield from _re_exports(contract, bench, pairs)


def _re_exports(
    contract: ImportsContract, bench: Bench, pairs: list[tuple[str, Target]]
) -> Iterator[Counterexample]:
    """The target goes through a new module that nobody has forbidden anything to."""
    if "runtime" in contract.except_modes:
        return
    for source, target in pairs:
        name = target.name or _some_definition(bench, target)
        bridge = _innocent_package(contract, bench, source)
        if name is None or bridge is None:
            continue
        module = bench.spare(bridge, "bridge")
        yield counterexample(
            contract,
            "re-export",
            f"{source} imports {name} of {target.module} through a new module {module}",
            bench.create(module, f"from {target.module} import {name} as passed_on\n"),
            bench.append(source, f"from {module} import passed_on"),
        )


def _some_definition(bench: Bench, target: Target) -> str | None:
    if not target.internal or not bench.project.has(target.module):
        return None
    return next(
        (d.qualname for d in bench.project.summary(target.module).definitions if "." not in d.qualname), None
    )


def _innocent_package(contract: ImportsContract, bench: Bench, source: str) -> str | None:
    """The package of *source*, or the nearest one around it where a new module would be."""
    package = bench.package_of(source)
    return package if bench.path_of(f"{package}.bridge") else None


def _across_domains(
    contract: WiringContract, bench: Bench, modules: list[str], ways: list[tuple[str, Way]]
) -> Iterator[Counterexample]:
    for turn, source in enumerate(spread(modules, _SOURCES)):
        unit = bench.project.unit(source)
        others = [
            m
            for m in modules
            if unit is not None
            and unit.domain
            and (other := bench.project.unit(m)) is not None
            and other.domain
            and other.domain != unit.domain
        ]
        if others:
            operator, way = ways[turn % len(ways)]
            target = Target(others[turn % len(others)])
            yield from _tried(contract, bench, source, target, f"other domain, {operator}", way)


def _chains(contract: ForbidContract, bench: Bench) -> Iterator[Counterexample]:
    for source in spread(bench.matching(contract.from_), _SOURCES):
        own = bench.subject(source)
        package = bench.package_of(source)
        targets = [t for t in _meant(contract.to, own, bench) if t.module != source]
        if not targets or not bench.path_of(f"{package}.bridge"):
            continue
        first, second = bench.spare(package, "bridge"), bench.spare(package, "far_bridge")
        yield counterexample(
            contract,
            "chain of imports",
            f"{source} reaches {targets[0].shown} through two new modules",
            bench.append(source, f"import {first}"),
            bench.create(first, f"import {second}\n"),
            bench.create(second, f"import {targets[0].module}\n"),
        )


# --- what selectors mean ----------------------------------------------------------------------------------------


def _meant(selectors: tuple[Selector, ...], own: Subject, bench: Bench) -> list[Target]:
    """Things of this code base and packages that *selectors* mean, seen from *own*; from every selector some."""
    found: dict[Target, None] = {}
    for selector in selectors:
        mine = [
            *(Target(m) for m in bench.matching(None) if selector.matches(bench.subject(m), own)),
            *(Target(name, internal=False) for name in _packages(selector)),
        ]
        mine = [t for t in mine if _matches(selector, t, own, bench)]
        if not mine:
            mine = list(_symbols(selector, own, bench))
        found.update(dict.fromkeys(mine))
    return list(found)


def _packages(selector: Selector) -> Iterator[str]:
    for pattern in selector.package:
        if pattern.head and "<" not in pattern.head:
            yield pattern.head
    for part in (*selector.any_of, *selector.all_of):
        yield from _packages(part)


def _symbols(selector: Selector, own: Subject, bench: Bench) -> Iterator[Target]:
    for module in bench.modules:
        unit = bench.project.unit(module)
        for definition in bench.project.summary(module).definitions:
            if "." in definition.qualname:
                continue
            name = f"{module}.{definition.qualname}"
            is_class = definition.kind == "class"
            subject = Subject(
                module=module,
                unit=unit,
                symbol=name,
                class_=name if is_class else None,
                function=None if is_class else name,
                bases=bench.analysis.inference.classes.lineage(name) if is_class else (),
            )
            if selector.matches(subject, own):
                yield Target(module, definition.qualname)


def _matches(selector: Selector, target: Target, own: Subject, bench: Bench) -> bool:
    if target.internal:
        return selector.matches(bench.subject(target.module), own)
    group = "<stdlib>" if is_stdlib(target.module) else "<third-party>"
    return selector.matches(external_subject(target.module), own) or selector.matches(
        Subject(package=f"{group}.{target.module}", symbol=target.module), own
    )


def _is_around(module: str, inner: str) -> bool:
    return inner == module or inner.startswith(f"{module}.")
