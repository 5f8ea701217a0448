"""Nodes -> typed values, driven by the annotations of ``msgspec`` structs; every error is collected.

Understood annotations: ``str`` (not empty), ``int``, ``bool``, ``Literal`` of strings, string enums,
``tuple[T, ...]``, ``list[T]``, ``Mapping[K, T]``, ``T | None``, nested structs, and any class with the two
methods of ``FromNode``. A value where a list is expected is a list of one. A field named ``origin`` of type
``Location`` is not a key: it becomes the place of the mapping in its file. ``Annotated[T,
msgspec.Meta(description=...)]`` documents a key in the JSON Schema and serves as the remedy when the key is
missing. A struct with a method ``problems()`` is asked for what is wrong with it as a whole.
"""

from __future__ import annotations

import collections.abc
import re
import types
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import Enum
from functools import cache
from typing import Annotated, Any, Literal, Protocol, Self, TypeVar, Union, get_args, get_origin

import msgspec

from archwright.contracts.errors import ContractError, suggestion
from archwright.contracts.nodes import Mapping, Node, Scalar, Sequence, describe
from archwright.model import Location

Struct = TypeVar("Struct", bound=msgspec.Struct)


class Problem(msgspec.Struct, frozen=True):
    """What the method ``problems()`` of a struct reports: something wrong at a place in a contract file."""

    location: Location
    message: str
    hint: str


class FromNode(Protocol):
    """A type with its own way to be read from a contract file."""

    @classmethod
    def from_node(cls, node: Node, reader: Reader, what: str) -> Self:
        """The value of *node*; raises ``reader.rejected(...)`` when it has none."""

    @classmethod
    def json_schema(cls, refer: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        """JSON Schema of what ``from_node`` accepts; *refer* gives the schema of another annotation."""


class RejectedError(Exception):
    """A value could not be read; the errors are in the reader that was asked for it."""


class Field(msgspec.Struct, frozen=True):
    """One key of a struct in a contract file."""

    name: str
    key: str
    annotation: Any
    required: bool
    description: str


class Reader:
    """Reads nodes and collects ``errors``."""

    def __init__(self) -> None:
        self.errors: list[ContractError] = []
        self._subject = ""

    @contextmanager
    def subject(self, name: str) -> Iterator[None]:
        """Errors reported inside begin with *name*, e.g. ``contract "l5-no-db"``."""
        before, self._subject = self._subject, f"{name}: "
        try:
            yield
        finally:
            self._subject = before

    def report(self, location: Location, message: str, hint: str) -> None:
        """Record an error and go on."""
        self.errors.append(ContractError.at(location, f"{self._subject}{message}", hint))

    def rejected(self, location: Location, message: str, hint: str) -> RejectedError:
        """Record an error; the caller raises what this returns."""
        self.report(location, message, hint)
        return RejectedError()

    def read(self, node: Node, annotation: Any, what: str) -> Any:
        """The value of *node* as *annotation*; *what* names it in errors. Raises ``RejectedError``."""
        annotation = _bare(annotation)
        if hasattr(annotation, "from_node"):
            return annotation.from_node(node, self, what)
        origin = get_origin(annotation)
        if origin in (Union, types.UnionType):
            return self._optional(node, annotation, what)
        if origin in (tuple, list):
            return origin(self._items(node, item_annotation(annotation), what))
        if origin in (dict, collections.abc.Mapping):
            return self._mapping(node, annotation, what)
        if origin is Literal:
            return self._choice(node, {value: value for value in get_args(annotation)}, what)
        if isinstance(annotation, type):
            if issubclass(annotation, msgspec.Struct):
                return self.struct(node, annotation, what)
            if issubclass(annotation, Enum):
                return self._choice(node, {member.value: member for member in annotation}, what)
            if annotation is str:
                return self.text(node, what)
            if annotation in _SCALARS:
                return self._scalar(node, annotation, what)
        raise TypeError(f"{what}: contract files cannot hold {annotation!r}")

    def text(self, node: Node, what: str) -> str:
        """A non-empty string without surrounding white space."""
        scalar = self.scalar(node, what)
        text = scalar.text.strip()
        if not text:
            raise self.rejected(node.location, f'"{what}" is empty', "write something or remove the key")
        return text

    def scalar(self, node: Node, what: str) -> Scalar:
        """The scalar *node*, which YAML takes for a string."""
        if not isinstance(node, Scalar):
            raise self.rejected(
                node.location, f'"{what}" must be a string, not {describe(node)}', "write one value"
            )
        if node.type == "null":
            raise self.rejected(node.location, f'"{what}" has no value', "write one or remove the key")
        if node.type != "str":
            message = f'"{what}" must be a string, not {describe(node)}'
            raise self.rejected(node.location, message, f'write "{node.text}" in quotes')
        return node

    def struct(
        self,
        node: Node,
        cls: type[Struct],
        what: str,
        *,
        given: collections.abc.Mapping[str, Any] = types.MappingProxyType({}),
        ignore: Iterable[str] = (),
    ) -> Struct:
        """An instance of the struct *cls*. *given* sets fields as is; keys in *ignore* are passed over."""
        if not isinstance(node, Mapping):
            keys = ", ".join(field.key for field in fields_of(cls))
            raise self.rejected(
                node.location, f'"{what}" must be a mapping, not {describe(node)}', f"keys: {keys}"
            )
        fields = {field.key: field for field in fields_of(cls)}
        values = dict(given)
        complete = True
        for key, entry in node.entries.items():
            field = fields.get(key)
            if field is None or field.name in given:
                if key not in ignore:
                    self.report(entry.key.location, f'unknown key "{key}"', suggestion(key, fields, "keys"))
                    complete = False
                continue
            try:
                values[field.name] = self.read(entry.value, field.annotation, key)
            except RejectedError:
                complete = False
        for key, field in fields.items():
            if field.required and key not in node.entries and field.name not in given:
                self.report(node.location, f'"{key}" is missing', field.description or f'add "{key}"')
                complete = False
        if not complete:
            raise RejectedError
        if has_origin(cls):
            values["origin"] = node.location
        value = cls(**values)
        problems: list[Problem] = list(value.problems()) if hasattr(value, "problems") else []
        for problem in problems:
            self.report(problem.location, problem.message, problem.hint)
        if problems:
            raise RejectedError
        return value

    def _optional(self, node: Node, annotation: Any, what: str) -> Any:
        options = [option for option in get_args(annotation) if option is not types.NoneType]
        if len(options) != 1:
            raise TypeError(f"{what}: contract files cannot hold {annotation!r}")
        if isinstance(node, Scalar) and node.type == "null" and node.text:
            return None
        return self.read(node, options[0], what)

    def _items(self, node: Node, annotation: Any, what: str) -> list[Any]:
        if not isinstance(node, Sequence):
            return [self.read(node, annotation, what)]
        if not node.items:
            raise self.rejected(node.location, f'"{what}" is an empty list', "add an item or remove the key")
        values: list[Any] = []
        for item in node.items:
            try:
                values.append(self.read(item, annotation, what))
            except RejectedError:
                continue
        if len(values) != len(node.items):
            raise RejectedError
        return values

    def _mapping(self, node: Node, annotation: Any, what: str) -> dict[Any, Any]:
        key_type, value_type = get_args(annotation)
        if not isinstance(node, Mapping):
            raise self.rejected(
                node.location, f'"{what}" must be a mapping, not {describe(node)}', 'write "name: value"'
            )
        if not node.entries:
            raise self.rejected(
                node.location, f'"{what}" is an empty mapping', "add an entry or remove the key"
            )
        values: dict[Any, Any] = {}
        for key, entry in node.entries.items():
            try:
                values[self.read(entry.key, key_type, what)] = self.read(
                    entry.value, value_type, f"{what}.{key}"
                )
            except RejectedError:
                continue
        if len(values) != len(node.entries):
            raise RejectedError
        return values

    def _choice(self, node: Node, choices: dict[Any, Any], what: str) -> Any:
        text = self.text(node, what)
        if text not in choices:
            raise self.rejected(
                node.location, f'"{what}" cannot be "{text}"', suggestion(text, map(str, choices), "values")
            )
        return choices[text]

    def _scalar(self, node: Node, annotation: type, what: str) -> Any:
        name, accepted, convert = _SCALARS[annotation]
        if not isinstance(node, Scalar) or node.inset != 0 or not accepted.fullmatch(node.text):
            raise self.rejected(
                node.location, f'"{what}" must be {name}, not {describe(node)}', f"write {name}"
            )
        return convert(node.text)


@cache
def fields_of(cls: type) -> tuple[Field, ...]:
    """The keys of the struct *cls*, in order of definition."""
    return tuple(
        Field(
            name=info.name,
            key=info.encode_name,
            annotation=info.type,
            required=info.required,
            description=_description(info.type),
        )
        for info in msgspec.structs.fields(cls)
        if not (info.name == "origin" and info.type is Location)
    )


@cache
def has_origin(cls: type[Any]) -> bool:
    """Whether instances of the struct *cls* know where they were read."""
    return any(info.name == "origin" and info.type is Location for info in msgspec.structs.fields(cls))


def item_annotation(annotation: Any) -> Any:
    """``T`` of ``tuple[T, ...]`` or ``list[T]``."""
    args = get_args(annotation)
    if get_origin(annotation) is tuple and (len(args) != 2 or args[1] is not Ellipsis):
        raise TypeError(f"contract files cannot hold {annotation!r}: use tuple[T, ...]")
    return args[0]


def _bare(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _description(annotation: Any) -> str:
    if get_origin(annotation) is not Annotated:
        return ""
    metas = (m for m in annotation.__metadata__ if isinstance(m, msgspec.Meta))
    return next((m.description for m in metas if m.description), "")


_SCALARS: dict[type, tuple[str, re.Pattern[str], Callable[[str], Any]]] = {
    bool: ("true or false", re.compile("true|false"), lambda text: text == "true"),
    int: ("a whole number", re.compile("-?(0|[1-9][0-9]*)", re.ASCII), int),
}
