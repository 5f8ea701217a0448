"""The bodies of code a selector means: functions, classes and modules, found from summaries before any code is loaded."""

from __future__ import annotations

from archwright.contracts.language import Selector, Subject
from archwright.facts.summary import Definition
from archwright.project.analysis import Analysis
from archwright.project.code import Scope
from archwright.project.effects.effects import Key
from archwright.project.types.values import called_names

_DEPTH = 24


class SelectedBodies:
    """The bodies *selector* means; all of them, or with None none when asked ``in`` and every one when listed."""

    def __init__(self, selector: Selector | None, analysis: Analysis) -> None:
        self._selector = selector
        self._analysis = analysis
        self._reads = analysis.project.reads
        self._modules: dict[str, frozenset[str]] = self._reads.table(None)

    def all(self) -> list[Key]:
        """Every body meant, in the order of modules and source."""
        found: list[Key] = []
        for module in self._analysis.project.modules:
            if self._selector is None or self._meant(module):
                index = self._analysis.inference.index(module)
                found += [
                    (module, scope.qualname)
                    for scope in index.executed()
                    if self._selector is None or _plain(scope.qualname) in self._meant(module)
                ]
        return found

    def __contains__(self, key: object) -> bool:
        if self._selector is None or not isinstance(key, tuple):
            return False
        module, qualname = key
        return self._analysis.project.has(module) and _plain(qualname) in self._meant(module)

    def _meant(self, module: str) -> frozenset[str]:
        """Qualified names within *module*, without ordinals; empty for the module's own body."""
        known = self._modules.get(module)
        if known is None:
            known = self._reads.made(self._modules, module, lambda: frozenset(self._select(module)))
        return known

    def _select(self, module: str) -> list[str]:
        if self._selector is None:
            return []
        project = self._analysis.project
        unit = project.unit(module)
        found = [""] if self._selector.matches(Subject(module=module, unit=unit)) else []
        for definition in project.summary(module).definitions:
            name = f"{module}.{definition.qualname}"
            is_class = definition.kind == "class"
            subject = Subject(
                module=module,
                unit=unit,
                symbol=name,
                function=None if is_class else name,
                class_=name if is_class else None,
                decorators=self._decorators(module, definition),
                bases=self._analysis.inference.classes.lineage(name)[1:] if is_class else (),
            )
            if self._selector.matches(subject):
                found.append(definition.qualname)
        return found

    def _decorators(self, module: str, definition: Definition) -> tuple[str, ...]:
        names, inference = self._analysis.project.names, self._analysis.inference
        found: list[str] = []
        for decorator in definition.decorators:
            resolved = names.resolve_in(module, decorator)
            if resolved is not None:
                found.append(resolved.qualified)
                if resolved.kind == "symbol" and "." in resolved.symbol:
                    # ``@router.get``: a method of what a variable of this code base holds.
                    found += sorted(called_names(inference.resolved(resolved, _DEPTH)))
        return tuple(found)


def is_meant(selector: Selector | None, scope: Scope, analysis: Analysis) -> bool:
    """Whether *selector* means the code in *scope*; None means all code."""
    if selector is None:
        return True
    name = scope.qualified.split("#")[0]
    unit = analysis.project.unit(scope.module)
    is_function = scope.kind == "function"
    return selector.matches(
        Subject(module=scope.module, unit=unit, symbol=name, function=name if is_function else None)
    )


def qualified(key: Key) -> str:
    """The full dotted name of a body."""
    module, qualname = key
    return f"{module}.{_plain(qualname)}" if qualname else module


def short_name(qualified: str) -> str:
    """A qualified name for a message that also gives the place: the function, with its class if it has one."""
    head, _, last = qualified.split("#")[0].rpartition(".")
    owner = head.rpartition(".")[2]
    return f"{owner}.{last}" if owner[:1].isupper() else last


def _plain(qualname: str) -> str:
    """A qualified name without the ordinals of repeated definitions."""
    return ".".join(part.split("#")[0] for part in qualname.split("."))
