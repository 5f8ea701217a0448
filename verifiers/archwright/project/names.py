"""What a dotted name means: through packages, re-exports, aliases and star imports to the module that defines it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from archwright.facts.summary import ImportFact, Summary
from archwright.project.reads import Reads

_MODULE_ATTRIBUTES = frozenset(
    {
        "__annotations__",
        "__builtins__",
        "__cached__",
        "__class__",
        "__dict__",
        "__doc__",
        "__file__",
        "__loader__",
        "__name__",
        "__package__",
        "__path__",
        "__spec__",
    }
)
"""What every module has without binding it."""


class Resolution(msgspec.Struct, frozen=True):
    """Where a dotted name leads."""

    kind: str
    """*module*: a module or namespace package of this code base. *symbol*: something a module of it defines.
    *external*: of another package. *missing*: provably nothing. *unknown*: cannot be told (module ``__getattr__``)."""
    module: str
    """The module that it is or that defines it; for *external* the whole dotted name; for *missing* the last module found."""
    symbol: str = ""
    """The rest of the name within ``module``; empty for a module."""
    via: tuple[str, ...] = ()
    """Modules that only pass the name on, in order."""

    @property
    def qualified(self) -> str:
        """The full dotted name of the definition."""
        return f"{self.module}.{self.symbol}" if self.symbol else self.module


class Names:
    """Name resolution over the summaries of all modules."""

    def __init__(self, summaries: Mapping[str, Summary], packages: set[str], reads: Reads) -> None:
        self._reads = reads
        self._summaries = summaries
        self._packages = packages
        self._namespaces: set[str] = set()
        self._parents: set[str] = set()
        for module in summaries:
            parent = module.rpartition(".")[0]
            while parent:
                self._parents.add(parent)
                if parent not in summaries:
                    self._namespaces.add(parent)
                parent = parent.rpartition(".")[0]
        self.roots = {module.partition(".")[0] for module in summaries}
        self._resolved: dict[str, Resolution] = reads.table("resolved names")
        self._bound: dict[str, dict[str, list[str | None]]] = {}

    def is_module(self, name: str) -> bool:
        """Whether *name* is a module, package or namespace package of this code base."""
        self._reads.note("exists", name)
        return self._is_there(name)

    def has_children(self, name: str) -> bool:
        """Whether *name* is a package with modules below it."""
        self._reads.note("exists", name)
        return name in self._parents

    def absolute(self, module: str, target: str, level: int) -> str | None:
        """The absolute name of a relative import written in *module*; None when it climbs out of the top package."""
        if level == 0:
            return target
        base = module if module in self._packages else module.rpartition(".")[0]
        for _ in range(level - 1):
            if not base:
                return None
            base = base.rpartition(".")[0]
        if not base:
            return None
        return f"{base}.{target}" if target else base

    def resolve(self, dotted: str) -> Resolution:
        """Where the absolute name *dotted* leads.

        A colon ends the part that names a module, as in ``from pkg.util import name`` (``pkg.util:name``): Python finds
        that part among the modules, even where the package binds something else by that name.
        """
        known = self._resolved.get(dotted)
        if known is None:
            known = self._reads.made(self._resolved, dotted, lambda: self._resolve(dotted, (), frozenset()))
        return known

    def resolve_in(self, module: str, dotted: str) -> Resolution | None:
        """Where *dotted* leads when read at the top level of *module*; None for a name bound nowhere (a builtin)."""
        root, _, rest = dotted.partition(".")
        self._reads.note("binding", module, root)
        self._reads.note("face", module)
        if root not in self.bindings(module) and not self._summaries[module].has_getattr:
            return self._through_stars(module, root, rest, (), frozenset())
        return self.resolve(f"{module}.{dotted}")

    def import_target(self, module: str, fact: ImportFact) -> Resolution:
        """Where the name bound by an import of *module* leads; for a star import the module it names."""
        base = self.absolute(module, fact.module, fact.level)
        if base is None:
            return Resolution("missing", module, "." * fact.level + fact.module)
        if fact.name and fact.name != "*":
            return self.resolve(f"{base}:{fact.name}")
        if base.partition(".")[0] in self.roots and not self.is_module(base):
            # ``import a.b`` can only name modules, and so can the part of a from-import before ``import``.
            return Resolution("missing", self._deepest(base), base)
        return self.resolve(base) if base.partition(".")[0] not in self.roots else Resolution("module", base)

    # --- the walk ---

    def _resolve(self, dotted: str, via: tuple[str, ...], seen: frozenset[str]) -> Resolution:
        named, _, rest = dotted.partition(":")
        if rest and self.is_module(named):
            parts = [named, *rest.split(".")]
        else:
            dotted = dotted.replace(":", ".")
            parts = dotted.split(".")
            if parts[0] not in self.roots:
                return Resolution("external", dotted, "", via)
        current = parts[0]
        for index in range(1, len(parts)):
            name, rest = parts[index], ".".join(parts[index + 1 :])
            step = f"{current}.{name}"
            if step not in seen:
                bound = self._follow(current, name, rest, via, seen | {step})
                if bound is not None:
                    return bound
            if self.is_module(step):
                current = step
                continue
            star = self._through_stars(current, name, rest, via, seen | {step})
            if star is not None:
                return star
            if name in _MODULE_ATTRIBUTES:
                return Resolution("symbol", current, f"{name}.{rest}" if rest else name, via)
            self._reads.note("face", current)
            summary = self._summaries.get(current)
            unknown = summary is not None and (summary.has_getattr or bool(summary.error))
            symbol = f"{name}.{rest}" if rest else name
            return Resolution("unknown" if unknown else "missing", current, symbol, via)
        return Resolution("module", current, "", via)

    def _follow(
        self, module: str, name: str, rest: str, via: tuple[str, ...], seen: frozenset[str]
    ) -> Resolution | None:
        """Where the top-level binding *name* of *module* leads; None when there is none."""
        self._reads.note("binding", module, name)
        targets = self.bindings(module).get(name)
        if not targets:
            return None
        fallback: Resolution | None = None
        for target in targets:
            if target is None:
                symbol = f"{name}.{rest}" if rest else name
                return fallback or Resolution("symbol", module, symbol, via)
            full = f"{target}.{rest}" if rest else target
            if full.replace(":", ".") == f"{module}.{name}" or target.replace(":", ".") in seen:
                continue
            found = self._resolve(full, (*via, module), seen)
            if found.kind != "missing":
                return found
            fallback = fallback or found
        return fallback

    def _through_stars(
        self, module: str, name: str, rest: str, via: tuple[str, ...], seen: frozenset[str]
    ) -> Resolution | None:
        self._reads.note("face", module)
        summary = self._summaries.get(module)
        if summary is None:
            return None
        for fact in summary.imports:
            if fact.name != "*" or fact.scope:
                continue
            base = self.absolute(module, fact.module, fact.level)
            if base is None or f"{base}.*" in seen:
                continue
            if base.partition(".")[0] not in self.roots:
                return Resolution("unknown", module, f"{name}.{rest}" if rest else name, via)
            self._reads.note("face", base)
            origin = self._summaries.get(base)
            hidden = (
                name.startswith("_")
                if origin is None or origin.exports is None
                else name not in origin.exports
            )
            if hidden:
                continue
            full = f"{base}:{name}.{rest}" if rest else f"{base}:{name}"
            found = self._resolve(full, (*via, module), seen | {f"{base}.*"})
            if found.kind != "missing":
                return found
        return None

    def bindings(self, module: str) -> Mapping[str, list[str | None]]:
        """Top-level names of *module*: for each the absolute names it stands for, None for something defined here."""
        table = self._bound.get(module)
        if table is None:
            summary = self._summaries.get(module)
            table = self._bound[module] = (
                {} if summary is None else dict(self._read_bindings(module, summary))
            )
        return table

    def _read_bindings(self, module: str, summary: Summary) -> Iterator[tuple[str, list[str | None]]]:
        imported: dict[str, list[str | None]] = {}
        for fact in summary.imports:
            if fact.scope == "" and fact.bound:
                imported.setdefault(fact.bound, []).append(self._bound_to(module, fact))
        own = {binding.name for binding in summary.bindings}
        table: dict[str, list[str | None]] = {}
        for binding in summary.bindings:
            targets = table.setdefault(binding.name, [])
            if binding.kind == "import":
                queue = imported.get(binding.name)
                if queue:
                    targets.append(queue.pop(0))
                continue
            root = binding.target.partition(".")[0]
            # An alias of a name this module does not bind (a builtin) is a value of this module's own.
            known = root in own or self._is_there(f"{module}.{root}")
            is_alias = binding.kind == "alias" and root != binding.name and known
            targets.append(f"{module}.{binding.target}" if is_alias else None)
        yield from table.items()

    def _bound_to(self, module: str, fact: ImportFact) -> str | None:
        base = self.absolute(module, fact.module, fact.level)
        if base is None:
            return None
        if fact.name:
            return f"{base}:{fact.name}"
        return base.partition(".")[0] if fact.root_only else base

    def _is_there(self, name: str) -> bool:
        return name in self._summaries or name in self._namespaces

    def _deepest(self, dotted: str) -> str:
        while dotted and not self.is_module(dotted):
            dotted = dotted.rpartition(".")[0]
        return dotted
