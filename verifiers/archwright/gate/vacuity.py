"""Mentions of what does not exist: a contract about a module nobody has is a mistake, not a success."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

from archwright.contracts.errors import suggestion
from archwright.contracts.language import (
    ContractError,
    ContractErrors,
    Layer,
    Mention,
    Name,
    PathPattern,
    Pattern,
    Unit,
)
from archwright.contracts.selectors import RELATIONS
from archwright.gate.codebase import CodeBase
from archwright.gate.corrections import remedy
from archwright.project.analysis import Analysis

_MODULE_KEYS = frozenset({"module", "modules", "cover", "excluding"})
_DEFINITION_KEYS = {"function": "function", "class": "class", "subclass_of": "class"}
"""Keys that name definitions of one kind."""
_USE_KEYS = frozenset({"call", "symbol", "decorated_with"})
"""Keys that name whatever code can call, import or decorate with."""


def check_vacuity(code_base: CodeBase) -> None:
    """Raises ``ContractErrors`` for every module, layer, domain and symbol of this code base that contracts
    and topologies mention and that does not exist, unless they expect none or any.
    """
    known = _Known(code_base.analysis, code_base.unreadable)
    errors = [
        error
        for mention in code_base.contracts.mentions()
        if mention.expect == "some" and (error := _judge(mention, known)) is not None
    ]
    errors += [
        error
        for layer in code_base.contracts.topologies.layers
        if layer.expect == "some" and (error := _judge_layer(layer, known)) is not None
    ]
    if errors:
        raise ContractErrors(errors)


def _judge(mention: Mention, known: _Known) -> ContractError | None:
    value, key = mention.value, mention.key
    if isinstance(value, Name):
        captured = {"domain": known.domains, "audience": known.audiences}.get(key)
        if captured is None or value in captured or value in RELATIONS:
            return None
        hint = suggestion(value, captured, f"{key}s")
        return ContractError.at(value.origin, f'{mention.owner}: there is no {key} "{value}"', hint)
    if not isinstance(value, Pattern) or isinstance(value, PathPattern):
        return None
    noun, names = _meant(value, key, known)
    if names is None or any(value.match(name) is not None for name in names):
        return None
    if noun != "module" and known.may_hide(value):
        return None
    hint = known.origin_of(value) or remedy(value, names)
    return ContractError.at(value.origin, f'{mention.owner}: no {noun} matches "{value}"', hint)


def _meant(pattern: Pattern, key: str, known: _Known) -> tuple[str, Collection[str] | None]:
    """What a pattern is to be looked for in, and what that is called; None where this code base cannot tell."""
    if key in _MODULE_KEYS:
        return "module", known.modules
    if pattern.head.partition(".")[0] not in known.roots:
        return key, None
    if key in _DEFINITION_KEYS:
        kind = _DEFINITION_KEYS[key]
        return kind, known.definitions[kind]
    if key in _USE_KEYS:
        return "symbol", known.symbols
    return key, None


def _judge_layer(layer: Layer, known: _Known) -> ContractError | None:
    """Each pattern of the layer may match, and still every module be taken away by "excluding"."""
    if layer.id in known.layers or not layer.excluding:
        return None
    message = f'layer "{layer.id}": "excluding" leaves no module'
    return ContractError.at(layer.id.origin, message, 'exclude less, or say "expect: any"')


class _Known:
    """The names of a code base, collected when they are first needed."""

    def __init__(self, analysis: Analysis, unreadable: Collection[str]) -> None:
        self._project = analysis.project
        self._analysis = analysis
        self._unreadable = unreadable
        self.roots = self._project.names.roots

    @cached_property
    def modules(self) -> frozenset[str]:
        """Modules and the packages around them, namespace packages included."""
        names = set(self._project.modules)
        for module in self._project.modules:
            while module := module.rpartition(".")[0]:
                names.add(module)
        return frozenset(names)

    @cached_property
    def layers(self) -> frozenset[str]:
        return frozenset(unit.layer for unit in self._units)

    @cached_property
    def domains(self) -> frozenset[str]:
        return frozenset(unit.domain for unit in self._units if unit.domain)

    @cached_property
    def audiences(self) -> frozenset[str]:
        return frozenset(unit.audience for unit in self._units if unit.audience)

    @cached_property
    def definitions(self) -> dict[str, frozenset[str]]:
        """Qualified names of functions and classes, by kind."""
        found: dict[str, set[str]] = {"function": set(), "class": set()}
        for module in self._project.modules:
            for definition in self._project.summary(module).definitions:
                found[definition.kind].add(f"{module}.{definition.qualname}")
        return {kind: frozenset(names) for kind, names in found.items()}

    @cached_property
    def symbols(self) -> frozenset[str]:
        """All a call or an import can lead to: definitions, methods by the classes that inherit them, values."""
        classes = self._analysis.inference.classes
        names = set(self.definitions["function"] | self.definitions["class"])
        for name in self.definitions["class"]:
            names.update(f"{name}.{method}" for method in (*classes.methods(name), "__init__"))
        return frozenset(names | self._values)

    @cached_property
    def _values(self) -> frozenset[str]:
        return frozenset(
            f"{module}.{binding.name}"
            for module in self._project.modules
            for binding in self._project.summary(module).bindings
            if binding.kind in {"value", "alias"}
        )

    @cached_property
    def _units(self) -> frozenset[Unit]:
        classify = self._project.topologies.classify
        return frozenset(unit for module in self._project.modules for unit in classify(module))

    def may_hide(self, pattern: Pattern) -> bool:
        """Whether what *pattern* means may be there unseen: in an unreadable file, or on an object made at run time."""
        head = f"{pattern.head}."
        return any(
            head.startswith(f"{module}.") or module.startswith(head) for module in self._unreadable
        ) or any(head.startswith(f"{value}.") for value in self._values)

    def origin_of(self, pattern: Pattern) -> str:
        """A remedy for a name that other modules only pass on: contracts name things where they are defined."""
        if pattern.head != pattern.text:
            return ""
        found = self._project.names.resolve(pattern.text)
        if found.kind != "symbol" or found.qualified == pattern.text:
            return ""
        return f'name it where it is defined: "{found.qualified}"'
