"""What contracts mention: layers, domains and patterns, each with its place in the contract files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from archwright.contracts.contract import Contract
from archwright.contracts.convert import fields_of
from archwright.contracts.patterns import Pattern
from archwright.contracts.places import Located
from archwright.contracts.topology import Expect, Layer, Topology
from archwright.model import Location


class Mention(msgspec.Struct, frozen=True):
    """A name or pattern written in a contract or topology, to be looked for in the project."""

    owner: str
    """Who mentions it, for messages: ``contract "l5-no-db"``, ``layer "L5"``, ``topology "app"``."""
    keys: tuple[str, ...]
    """The way to it through the owner's keys: ``("from", "module")``. The last says what it names."""
    value: Pattern | Located
    expect: Expect
    """How much the owner expects to match."""

    @property
    def origin(self) -> Location:
        """Where it is written."""
        return self.value.origin

    @property
    def key(self) -> str:
        """What the value names: ``module``, ``layer``, ``domain``, ``call``, ``exclude``, ..."""
        return self.keys[-1]


def mentions(item: Contract | Topology) -> Iterator[Mention]:
    """Everything *item* mentions, in the order of its fields."""
    if isinstance(item, Topology):
        yield from _walk(item, f'topology "{item.id}"', (), "some")
    else:
        yield from _walk(item, f'contract "{item.id}"', (), item.expect)


def _walk(value: object, owner: str, keys: tuple[str, ...], expect: Expect) -> Iterator[Mention]:
    if isinstance(value, Pattern | Located):
        yield Mention(owner, keys, value, expect)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _walk(item, owner, keys, expect)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _walk(key, owner, keys, expect)
            yield from _walk(item, owner, keys, expect)
    elif isinstance(value, msgspec.Struct):
        if isinstance(value, Layer):
            owner, keys, expect = f'layer "{value.id}"', (), value.expect
        for field in fields_of(type(value)):
            yield from _walk(getattr(value, field.name), owner, (*keys, field.key), expect)
