"""What an ordering contract may demand of the way to a place in the code."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, field

from archwright.contracts.conditions import Condition
from archwright.contracts.convert import RejectedError
from archwright.contracts.errors import suggestion
from archwright.contracts.nodes import Mapping, describe
from archwright.contracts.places import NOWHERE
from archwright.contracts.selectors import Selector
from archwright.model import Location

if TYPE_CHECKING:
    from archwright.contracts.convert import Reader
    from archwright.contracts.nodes import Node


class Requirement(msgspec.Struct, frozen=True, kw_only=True):
    """One of ``AnyOf``, ``AllOf``, ``Completed``, ``RaisesUnless``, told apart by their first key."""

    origin: Location = NOWHERE

    @classmethod
    def from_node(cls, node: Node, reader: Reader, what: str) -> Requirement:
        forms = {key: form for key, form in _FORMS.items() if issubclass(form, cls)}
        if not isinstance(node, Mapping):
            message = f'"{what}" must be a mapping, not {describe(node)}'
            raise reader.rejected(node.location, message, f"begin with one of: {', '.join(forms)}")
        found = [key for key in node.entries if key in forms]
        if not found:
            for key, entry in node.entries.items():
                reader.report(entry.key.location, f'unknown key "{key}"', suggestion(key, forms, "keys"))
            if not node.entries:
                reader.report(node.location, f'"{what}" is empty', f"begin with one of: {', '.join(forms)}")
            raise RejectedError
        return reader.struct(node, forms[found[0]], found[0])

    @classmethod
    def json_schema(cls, refer: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        return {"anyOf": [refer(form) for form in _FORMS.values()]}


class AnyOf(Requirement, frozen=True, kw_only=True):
    """At least one of these."""

    items: Annotated[tuple[Requirement, ...], Meta(description="list the alternatives")] = field(name="any")


class AllOf(Requirement, frozen=True, kw_only=True):
    """All of these."""

    items: Annotated[tuple[Requirement, ...], Meta(description="list what must hold")] = field(name="all")


class Completed(Requirement, frozen=True, kw_only=True):
    """A call has returned normally (a coroutine: was awaited)."""

    call: Annotated[Selector, Meta(description="name the call that must have completed")] = field(
        name="completed"
    )


class RaisesUnless(Requirement, frozen=True, kw_only=True):
    """A guard has run: it raises when ``condition`` is true, so that the description holds after it."""

    description: Annotated[str, Meta(description="say what holds after the guard")] = field(
        name="raises_unless"
    )
    condition: Annotated[Condition, Meta(description="give the condition under which the guard raises")]


_FORMS: dict[str, type[Requirement]] = {
    "any": AnyOf,
    "all": AllOf,
    "completed": Completed,
    "raises_unless": RaisesUnless,
}
