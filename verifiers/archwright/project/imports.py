"""Import edges between modules, with every way Python has to reach another module."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archwright.facts.summary import DynamicFact, ImportFact, UseFact
from archwright.model import Location
from archwright.project.names import Resolution
from archwright.project.project import Project

_EAGER = frozenset({"runtime", "conditional", "fallback", "class-body", "type-else"})
"""Where code stands that runs when the importing module is imported."""


class ImportEdge(msgspec.Struct, frozen=True):
    """One way in which a module reaches another."""

    source: str
    scope: str
    """Qualified name of the function or class the import stands in; empty at module level."""
    target: str
    """The module named in the import: of this code base, or the dotted name of something external."""
    external: bool
    symbol: str
    """Qualified name of what is imported at its origin; the module itself when a module is imported."""
    origin: str
    """The module that defines it; differs from ``target`` when it came through a re-export. Empty when external."""
    via: tuple[str, ...]
    """Modules between target and origin that only pass the name on."""
    mode: str
    location: Location
    eager: bool = False
    """Whether it runs when the importing module is imported."""


class UnresolvedImport(msgspec.Struct, frozen=True):
    """An import that leads nowhere, or whose target cannot be told."""

    source: str
    scope: str
    kind: str
    """*missing* or *undecided*."""
    named: str
    """What the code names, as far as it is constant."""
    known: str
    """For *missing*: the last module on the way that exists."""
    mode: str
    location: Location
    eager: bool = False
    """Whether it runs when the importing module is imported."""


def import_edges(
    project: Project, module: str
) -> tuple[tuple[ImportEdge, ...], tuple[UnresolvedImport, ...]]:
    """All edges out of *module*, and all imports of it that could not be followed."""
    summary = project.summary(module)
    edges: list[ImportEdge] = []
    lost: list[UnresolvedImport] = []
    targets = [project.names.import_target(module, fact) for fact in summary.imports]
    for fact, resolution in zip(summary.imports, targets, strict=True):
        named = _named(project, module, fact)
        if resolution.kind == "missing":
            lost.append(
                UnresolvedImport(
                    module,
                    fact.scope,
                    "missing",
                    named,
                    resolution.module,
                    fact.mode,
                    project.at(module, fact.at),
                )
            )
            continue
        if resolution.kind == "unknown" and not project.summary(resolution.module).error:
            at = project.at(module, fact.at)
            lost.append(
                UnresolvedImport(module, fact.scope, "undecided", named, resolution.module, fact.mode, at)
            )
        direct = _direct_target(project, module, fact, resolution)
        eager = fact.mode in _EAGER
        edges.append(_edge(project, module, fact.scope, direct, resolution, fact.mode, fact.at, eager=eager))
    seen = {(edge.target, edge.scope) for edge in edges} | {(edge.origin, edge.scope) for edge in edges}
    for use in summary.uses:
        for edge in _attribute_edges(project, module, use):
            if (edge.target, edge.scope) not in seen:
                seen.add((edge.target, edge.scope))
                edges.append(edge)
    for dynamic in summary.dynamic:
        _follow_dynamic(project, module, dynamic, edges, lost)
    return tuple(edges), tuple(lost)


def symbol_uses(project: Project, module: str) -> Iterator[ImportEdge]:
    """The names *module* reads from modules it imports as a whole: ``rows.Row`` after ``from app import rows``.

    The modules are in ``import_edges``; these edges are for contracts about symbols.
    """
    summary = project.summary(module)
    for use in summary.uses:
        for index in use.imports:
            fact = summary.imports[index]
            base = project.names.absolute(module, fact.module, fact.level)
            if base is None:
                continue
            found = project.names.resolve(_used_name(base, fact, use))
            imported = project.names.import_target(module, fact)
            if found.kind == "symbol" and (imported.kind, imported.module) == ("module", found.module):
                yield _edge(project, module, use.scope, found.module, found, "attribute", use.at)


def _named(project: Project, module: str, fact: ImportFact) -> str:
    base = project.names.absolute(module, fact.module, fact.level)
    if base is None:
        return "." * fact.level + fact.module
    return f"{base}.{fact.name}" if fact.name and fact.name != "*" else base


def _direct_target(project: Project, module: str, fact: ImportFact, resolution: Resolution) -> str:
    """The module the statement itself names: of ``from pkg import x`` pkg, or pkg.x where that is a module."""
    if resolution.kind == "external" and not resolution.via:
        return resolution.module
    base = project.names.absolute(module, fact.module, fact.level) or ""
    whole = f"{base}.{fact.name}" if fact.name and fact.name != "*" else base
    if project.names.is_module(whole) and resolution.kind == "module" and resolution.module == whole:
        return whole
    return base


def _edge(
    project: Project,
    module: str,
    scope: str,
    direct: str,
    to: Resolution,
    mode: str,
    at: tuple[int, int, int, int],
    *,
    eager: bool = False,
) -> ImportEdge:
    external = to.kind == "external" and not to.via
    return ImportEdge(
        source=module,
        scope=scope,
        target=direct,
        external=external,
        symbol=to.qualified,
        origin="" if to.kind == "external" else to.module,
        via=tuple(v for v in to.via if v not in (direct, module)),
        mode=mode,
        location=project.at(module, at),
        eager=eager,
    )


def _attribute_edges(project: Project, module: str, use: UseFact) -> Iterator[ImportEdge]:
    """Modules reached as attributes of imported packages, beyond what the import itself names."""
    summary = project.summary(module)
    for index in use.imports:
        fact = summary.imports[index]
        base = project.names.absolute(module, fact.module, fact.level)
        if base is None:
            continue
        found = project.names.resolve(_used_name(base, fact, use))
        imported = project.names.import_target(module, fact)
        if found.kind in ("missing", "unknown") or (
            found.module == imported.module and found.kind != "external"
        ):
            continue
        if found.kind == "external":
            if imported.kind == "external" and not found.via:
                # A deeper name of a package that is imported anyway; kept, for contracts about its submodules.
                if not f"{imported.module}.".startswith(f"{found.module}."):
                    yield _edge(project, module, use.scope, found.module, found, "attribute", use.at)
            elif found.via:
                yield _edge(project, module, use.scope, found.via[-1], found, "attribute", use.at)
            continue
        if found.kind == "symbol" and found.via and found.via[-1] == imported.module:
            # pkg.name where pkg re-exports name: the edge is to what pkg passes on.
            yield _edge(project, module, use.scope, imported.module, found, "attribute", use.at)
            continue
        yield _edge(project, module, use.scope, found.module, found, "attribute", use.at)


def _follow_dynamic(
    project: Project, module: str, fact: DynamicFact, edges: list[ImportEdge], lost: list[UnresolvedImport]
) -> None:
    location = project.at(module, fact.at)
    if fact.how == "getattr":
        package = _getattr_base(project, module, fact)
        if package is not None:
            lost.append(
                UnresolvedImport(
                    module, fact.scope, "undecided", f"{package}.?", package, "dynamic", location
                )
            )
        return
    target = _dynamic_target(project, module, fact)
    eager = fact.mode in _EAGER
    if target is None:
        named = f"{fact.how}(?)"
        lost.append(UnresolvedImport(module, fact.scope, "undecided", named, "", "dynamic", location, eager))
        return
    found = project.names.resolve(target)
    if found.kind in ("missing", "unknown"):
        kind = "missing" if found.kind == "missing" else "undecided"
        lost.append(
            UnresolvedImport(module, fact.scope, kind, target, found.module, "dynamic", location, eager)
        )
    else:
        direct = target if found.kind in ("module", "external") else found.module
        edges.append(_edge(project, module, fact.scope, direct, found, "dynamic", fact.at, eager=eager))


def _used_name(base: str, fact: ImportFact, use: UseFact) -> str:
    """The absolute name of what is read from an import of *base*."""
    chain = ".".join(use.chain)
    if fact.name:
        return f"{base}:{fact.name}.{chain}"
    return f"{base.partition('.')[0] if fact.root_only else base}.{chain}"


def _getattr_base(project: Project, module: str, fact: DynamicFact) -> str | None:
    """The package of this code base that a non-constant ``getattr`` looks in; None when it looks in something else."""
    summary = project.summary(module)
    for index in fact.imports:
        imported = summary.imports[index]
        target = project.names.import_target(module, imported)
        if target.kind not in ("module", "symbol"):
            continue
        found = project.names.resolve(".".join([target.qualified, *fact.chain]))
        if found.kind == "module" and project.names.has_children(found.module):
            return found.module
    return None


def _dynamic_target(project: Project, module: str, fact: DynamicFact) -> str | None:
    """The absolute name a constant dynamic import leads to; None when it is not constant."""
    if fact.target is None or not fact.target:
        return None
    package = module if project.file(module).is_package else module.rpartition(".")[0]
    own = {"@name": module, "@package": package}

    def substitute(text: str) -> str:
        for token, value in own.items():
            text = text.replace(token, value)
        return text

    target = substitute(fact.target)
    if fact.how == "resolve_name":
        target = target.replace(":", ".")
    if not target.startswith("."):
        return target
    if not fact.package:
        return None
    base = substitute(fact.package)
    if fact.package == "@name" and not project.file(module).is_package:
        # import_module(".x", __name__) from a plain module: Python takes the argument as a package name as it is.
        base = module
    level = len(target) - len(target.lstrip("."))
    for _ in range(level - 1):
        base = base.rpartition(".")[0]
    rest = target.lstrip(".")
    return f"{base}.{rest}" if rest else base
