"""The contract language as JSON Schema (draft-07), made from the same structs that the loader fills."""

from __future__ import annotations

import collections.abc
import types
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from archwright.contracts.contract import Contract
from archwright.contracts.convert import Field, fields_of, item_annotation
from archwright.contracts.loader import Kind, Kinds
from archwright.contracts.topology import Topology
from archwright.contracts.waivers import Waiver

DRAFT = "http://json-schema.org/draft-07/schema#"


def contract_schema(kinds: Kinds) -> bytes:
    """JSON Schema of a file with contracts of *kinds*: indented JSON, the same bytes for the same kinds."""
    schema = _Schema()
    contracts = [schema.contract(kind, kinds[kind]) for kind in sorted(kinds)]
    root = {
        "$schema": DRAFT,
        "title": "archwright contracts",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "$schema": {"type": "string"},
            "topology": schema.of(Topology),
            "contracts": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["kind"],
                    "properties": {"kind": {"enum": sorted(kinds)}},
                    "allOf": contracts,
                },
            },
            "waivers": {"type": "array", "minItems": 1, "items": schema.of(Waiver)},
        },
        "definitions": dict(sorted(schema.definitions.items())),
    }
    return msgspec.json.format(msgspec.json.encode(root), indent=2) + b"\n"


class _Schema:
    def __init__(self) -> None:
        self.definitions: dict[str, Any] = {}
        self._owners: dict[str, type] = {}

    def contract(self, kind: str, of_kind: Kind) -> dict[str, Any]:
        """The rule for contracts of one *kind*."""
        if isinstance(of_kind, type):
            then: dict[str, Any] = self.variant(of_kind, {"kind": kind})
        else:
            then = {
                "required": ["rule"],
                "properties": {"rule": {"enum": sorted(of_kind)}},
                "allOf": [
                    _when("rule", rule, self.variant(of_kind[rule], {"kind": kind, "rule": rule}))
                    for rule in sorted(of_kind)
                ],
            }
        return _when("kind", kind, then)

    def variant(self, cls: type[Contract], fixed: dict[str, str]) -> dict[str, Any]:
        """A contract struct whose discriminating keys have *fixed* values."""
        name = ".".join(("contract", *fixed.values()))
        body = self.struct(cls)
        body["properties"] |= {key: {"const": value} for key, value in fixed.items()}
        if "id" in body["properties"]:
            body["properties"]["id"] = body["properties"]["id"] | {"pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}
        self.definitions[name] = body
        return {"$ref": f"#/definitions/{name}"}

    def of(self, annotation: Any) -> dict[str, Any]:
        """The schema of what the reader accepts for *annotation*."""
        origin = get_origin(annotation)
        if origin is Annotated:
            return self.of(get_args(annotation)[0])
        if hasattr(annotation, "json_schema"):
            return self.named(annotation) if _is_struct(annotation) else annotation.json_schema(self.of)
        if origin in (Union, types.UnionType):
            options = [option for option in get_args(annotation) if option is not types.NoneType]
            return {"anyOf": [*map(self.of, options), {"type": "null"}]}
        if origin in (tuple, list):
            item = self.of(item_annotation(annotation))
            return {"anyOf": [item, {"type": "array", "minItems": 1, "items": item}]}
        if origin in (dict, collections.abc.Mapping):
            values = self.of(get_args(annotation)[1])
            return {"type": "object", "minProperties": 1, "additionalProperties": values}
        if origin is Literal:
            return {"enum": list(get_args(annotation))}
        if isinstance(annotation, type):
            if _is_struct(annotation):
                return self.named(annotation)
            if issubclass(annotation, Enum):
                return {"enum": [member.value for member in annotation]}
            if annotation in _PRIMITIVES:
                return dict(_PRIMITIVES[annotation])
        raise TypeError(f"contract files cannot hold {annotation!r}")

    def named(self, cls: type[Any]) -> dict[str, Any]:
        name = cls.__name__
        if self._owners.setdefault(name, cls) is not cls:
            name = f"{cls.__module__}.{name}"
            self._owners.setdefault(name, cls)
        if name not in self.definitions:
            self.definitions[name] = {}  # structs may contain themselves
            own = "json_schema" in cls.__dict__
            self.definitions[name] = cls.json_schema(self.of) if own else self.struct(cls)
        return {"$ref": f"#/definitions/{name}"}

    def struct(self, cls: type) -> dict[str, Any]:
        fields = fields_of(cls)
        schema: dict[str, Any] = {"type": "object", "additionalProperties": False}
        if cls.__doc__:
            schema["description"] = cls.__doc__.strip().splitlines()[0]
        required = [field.key for field in fields if field.required]
        if required:
            schema["required"] = required
        schema["properties"] = {field.key: self.property(field) for field in fields}
        return schema

    def property(self, field: Field) -> dict[str, Any]:
        schema = self.of(field.annotation)
        if not field.description:
            return schema
        # Draft-07 ignores what stands beside a $ref.
        if "$ref" in schema:
            return {"description": field.description, "allOf": [schema]}
        return {"description": field.description, **schema}


def _when(key: str, value: str, then: dict[str, Any]) -> dict[str, Any]:
    return {"if": {"required": [key], "properties": {key: {"const": value}}}, "then": then}


def _is_struct(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, msgspec.Struct)


_PRIMITIVES: dict[type, dict[str, Any]] = {
    str: {"type": "string", "pattern": "\\S"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
}
