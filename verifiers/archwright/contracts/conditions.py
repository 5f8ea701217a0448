"""Conditions: Python boolean expressions written in a contract, compared with conditions in code."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

import msgspec

from archwright.contracts.places import NOWHERE
from archwright.model import Location

if TYPE_CHECKING:
    from archwright.contracts.convert import Reader
    from archwright.contracts.nodes import Node


class Condition(msgspec.Struct, frozen=True):
    """A Python expression that depends on something: ``config.save and not report.paths``."""

    text: str
    origin: Location = NOWHERE

    @classmethod
    def from_node(cls, node: Node, reader: Reader, what: str) -> Self:
        text = reader.text(node, what)
        scalar = reader.scalar(node, what)
        try:
            expression = ast.parse(text, mode="eval").body
        except SyntaxError as error:
            # Python gives offset 0 where the text ends too soon.
            offset = error.offset - 1 if error.offset else len(text)
            place = scalar.at(offset) if error.lineno == 1 else node.location
            message = f'"{what}" is not a Python expression: {error.msg}'
            raise reader.rejected(
                place, message, 'write it as in code, e.g. "self.enabled and not paths"'
            ) from None
        except (ValueError, RecursionError, MemoryError) as error:
            message = f'"{what}" is not a Python expression: {error}'
            raise reader.rejected(node.location, message, "write it shorter") from None
        if not any(isinstance(part, ast.Name) for part in ast.walk(expression)):
            message = f'"{what}" is constant: {text}'
            raise reader.rejected(node.location, message, "name what it depends on")
        return cls(text, node.location)

    @classmethod
    def json_schema(cls, refer: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        return refer(str)
