"""Values that know where in the contract files they were written."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from archwright.model import Location

if TYPE_CHECKING:
    from archwright.contracts.convert import Reader
    from archwright.contracts.nodes import Node

NOWHERE = Location("", 0, 0)
"""The origin of values that were not read from a file."""


class Located(str):
    """A non-empty string that knows where it was read. Equal to the plain string."""

    __slots__ = ("origin",)

    origin: Location

    def __new__(cls, text: str, origin: Location = NOWHERE) -> Self:
        value = super().__new__(cls, text)
        value.origin = origin
        return value

    @classmethod
    def from_node(cls, node: Node, reader: Reader, what: str) -> Self:
        return cls(reader.text(node, what), node.location)

    @classmethod
    def json_schema(cls, refer: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        return refer(str)


class LayerId(Located):
    """The id of a layer; the loader checks that some topology defines it."""

    __slots__ = ()


class Name(Located):
    """The name of a domain or an audience, as captured from module names."""

    __slots__ = ()
