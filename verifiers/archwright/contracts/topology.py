"""Topology: which modules are which unit, and which layers may import which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Literal, Self

import msgspec
from msgspec import Meta

from archwright.contracts.convert import Problem
from archwright.contracts.errors import suggestion
from archwright.contracts.patterns import PathPattern, Pattern
from archwright.contracts.places import NOWHERE, LayerId, Located
from archwright.model import Location

if TYPE_CHECKING:
    from archwright.contracts.convert import Reader
    from archwright.contracts.nodes import Node

Expect = Literal["some", "none", "any"]
"""How many things a selector must match: at least one, none at all, or any number."""


class Unit(msgspec.Struct, frozen=True):
    """What a module is: the layer it belongs to and what the layer's pattern captured from its name."""

    layer: str
    captures: Mapping[str, str] = {}

    @property
    def domain(self) -> str | None:
        """The captured ``{domain}``, None when the layer's pattern captures none."""
        return self.captures.get("domain")

    @property
    def audience(self) -> str | None:
        """The captured ``{audience}``, None when the layer's pattern captures none."""
        return self.captures.get("audience")

    def __hash__(self) -> int:
        return hash((self.layer, frozenset(self.captures.items())))


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """One layer: the modules that belong to it and what it promises."""

    id: Annotated[LayerId, Meta(description='name it, e.g. "L5"')]
    name: Annotated[str, Meta(description='give it a readable name, e.g. "Engines"')]
    modules: Annotated[
        tuple[Pattern, ...],
        Meta(description='say which modules belong to it, e.g. "app.{domain}.engines.**"'),
    ]
    excluding: Annotated[
        tuple[Pattern, ...], Meta(description="Modules that match but belong elsewhere")
    ] = ()
    contract: Annotated[str, Meta(description="say in one sentence what code in this layer may and must do")]
    expect: Annotated[Expect, Meta(description="none: an abolished layer, which must stay empty")] = "some"
    origin: Location = NOWHERE

    def match(self, module: str) -> dict[str, str] | None:
        """What the first matching pattern captures from *module*; None when it is not in this layer."""
        for pattern in self.modules:
            captures = pattern.match(module)
            if captures is not None:
                return None if any(p.match(module) is not None for p in self.excluding) else captures
        return None


class Wiring(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the import matrix: what a layer imports. A layer that no list names is denied."""

    should: Annotated[tuple[LayerId, ...], Meta(description="Layers this one is meant to import")] = ()
    may: Annotated[tuple[LayerId, ...], Meta(description="Layers this one is free to import")] = ()
    must_not: Annotated[tuple[LayerId, ...], Meta(description="Layers this one must never import")] = ()
    domain: Annotated[
        Literal["same", "any"], Meta(description="same: only modules of the importer's own domain")
    ] = "any"
    origin: Location = NOWHERE

    def problems(self) -> Iterator[Problem]:
        """Layers named more than once."""
        seen: dict[str, str] = {}
        for key in ("should", "may", "must_not"):
            layers: tuple[LayerId, ...] = getattr(self, key)
            for layer in layers:
                if layer in seen:
                    message = f'layer "{layer}" is named twice in one row, in "{seen[layer]}" and in "{key}"'
                    yield Problem(layer.origin, message, "keep one")
                seen.setdefault(layer, key)


class RootPath(Located):
    """A directory from which modules are imported, relative to the project; ``.`` is the project itself."""

    __slots__ = ()

    @classmethod
    def from_node(cls, node: Node, reader: Reader, what: str) -> Self:
        path = reader.text(node, what).rstrip("/")
        if path.startswith("/") or "\\" in path or ".." in path.split("/"):
            hint = "write a path below the project directory, with forward slashes"
            raise reader.rejected(node.location, f'root "{path or "/"}" is not inside the project', hint)
        parts = [part for part in path.split("/") if part not in {"", "."}]
        return cls("/".join(parts) or ".", node.location)


class Topology(msgspec.Struct, frozen=True, kw_only=True):
    """The layers of one code base, top to bottom, and its import matrix."""

    id: Annotated[str, Meta(description="Name of this topology, where a project has several")] = "topology"
    roots: Annotated[
        tuple[RootPath, ...], Meta(description='name the directories modules are imported from, e.g. "src"')
    ]
    cover: Annotated[
        tuple[Pattern, ...],
        Meta(description='say which modules must belong to exactly one layer, e.g. "app.**"'),
    ]
    exclude: Annotated[tuple[PathPattern, ...], Meta(description="Files and directories not to look at")] = ()
    layers: Annotated[tuple[Layer, ...], Meta(description="list the layers, top to bottom")]
    wiring: Annotated[
        Mapping[LayerId, Wiring], Meta(description="give every layer a row of the import matrix")
    ]
    origin: Location = NOWHERE

    def covers(self, module: str) -> bool:
        """Whether *module* must belong to exactly one layer of this topology."""
        return any(pattern.match(module) is not None for pattern in self.cover)

    def problems(self) -> Iterator[Problem]:
        """Layers without a row of the matrix, and rows that may be theirs. Abolished layers import nothing and need none."""
        missing = [layer for layer in self.layers if layer.expect != "none" and layer.id not in self.wiring]
        for layer in missing:
            message = f'layer "{layer.id}" has no row in "wiring"'
            yield Problem(layer.id.origin, message, f'add "{layer.id}: {{should: [...], must_not: [...]}}"')
        known = [layer.id for layer in self.layers]
        for row in self.wiring if missing else ():
            if row not in known:
                yield Problem(row.origin, f'unknown layer "{row}"', suggestion(row, known, "layers"))


class Topologies:
    """All topologies of a project, asked together."""

    def __init__(self, items: Iterable[Topology]) -> None:
        self.items: tuple[Topology, ...] = tuple(items)
        self.layers: tuple[Layer, ...] = tuple(layer for item in self.items for layer in item.layers)
        self._by_id = {layer.id: layer for layer in self.layers}
        # A pattern can only match below its literal head, so a package's candidates hold for all modules in it.
        self._by_head: dict[str, list[int]] = {}
        for position, layer in enumerate(self.layers):
            for head in {pattern.head for pattern in layer.modules}:
                self._by_head.setdefault(head, []).append(position)
        self._below: dict[str, list[int]] = {}
        self._shared: dict[tuple[object, ...], Unit] = {}
        self._units: dict[str, tuple[Unit, ...]] = {}

    def __iter__(self) -> Iterator[Topology]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def layer(self, id: str) -> Layer | None:
        """The layer called *id*."""
        return self._by_id.get(LayerId(id))

    def classify(self, module: str) -> tuple[Unit, ...]:
        """The units *module* is, in layer order: none when no layer matches, several when layers overlap."""
        units = self._units.get(module)
        if units is None:
            units = self._units[module] = self._classify(module)
        return units

    def covered(self, module: str) -> bool:
        """Whether some topology demands that *module* belongs to exactly one layer."""
        return any(topology.covers(module) for topology in self.items)

    def _classify(self, module: str) -> tuple[Unit, ...]:
        package = module[: max(module.rfind("."), 0)]
        candidates = self._candidates(package)
        if module in self._by_head:
            candidates = sorted({*candidates, *self._by_head[module]})
        units: list[Unit] = []
        for position in candidates:
            layer = self.layers[position]
            captures = layer.match(module)
            if captures is not None:
                key = (position, *captures.items())
                unit = self._shared.get(key)
                if unit is None:
                    unit = self._shared[key] = Unit(layer.id, captures)
                units.append(unit)
        return tuple(units)

    def _candidates(self, package: str) -> list[int]:
        """Positions of the layers whose patterns begin with *package* or a package around it, or with a wildcard."""
        known = self._below.get(package)
        if known is None:
            around = self._candidates(package[: max(package.rfind("."), 0)]) if package else []
            known = self._below[package] = sorted({*around, *self._by_head.get(package, ())})
        return known
