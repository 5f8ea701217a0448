"""The API document as a source of requests and as a judge of answers: the part of JSON Schema it uses."""

import math
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

Schema = Mapping[str, Any]
_IGNORED = frozenset(
    {"title", "description", "default", "examples", "example", "discriminator", "contentMediaType", "format"}
)
_KNOWN = _IGNORED | {
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "items",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "oneOf",
    "pattern",
    "properties",
    "propertyNames",
    "required",
    "type",
    "uniqueItems",
}
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 6, 1), timezones=st.just(UTC))


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    spec: Mapping[str, Any]

    def parameters(self, place: str) -> list[Mapping[str, Any]]:
        """Parameters in ``path`` or ``query``."""
        return [parameter for parameter in self.spec.get("parameters", []) if parameter["in"] == place]

    @property
    def body(self) -> Schema | None:
        """The schema of the JSON body, if the operation takes one."""
        content = self.spec.get("requestBody", {}).get("content", {})
        schema: Schema | None = content.get("application/json", {}).get("schema")
        return schema


def operations(document: Mapping[str, Any]) -> list[Operation]:
    """Every operation of the document."""
    return [
        Operation(method.upper(), path, spec)
        for path, methods in document["paths"].items()
        for method, spec in methods.items()
    ]


class ApiDocument:
    """Resolves references, draws values that fit a schema, and lists what does not fit."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document

    def resolve(self, schema: Schema) -> Schema:
        """Follow a reference."""
        while "$ref" in schema:
            node: Any = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                node = node[part]
            schema = node
        unknown = set(schema) - _KNOWN
        assert not unknown, f"teach this module the keywords {sorted(unknown)}"
        return schema

    def values(self, schema: Schema, depth: int = 0) -> st.SearchStrategy[Any]:
        """Values that fit."""
        schema = self.resolve(schema)
        if "const" in schema:
            return st.just(schema["const"])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        for union in ("anyOf", "oneOf"):
            if union in schema:
                return st.one_of([self.values(option, depth + 1) for option in schema[union]])
        kind = schema.get("type")
        if kind == "object":
            return self._objects(schema, depth)
        if kind == "array":
            most = min(schema.get("maxItems", 3), 3)
            items = self.values(schema["items"], depth + 1) if "items" in schema else JSON
            return st.lists(items, min_size=schema.get("minItems", 0), max_size=most)
        if kind == "string":
            return self._strings(schema)
        if kind == "boolean":
            return st.booleans()
        if kind == "null":
            return st.none()
        if kind == "integer":
            return st.integers(*_bounds(schema, -(10**6), 10**6))
        if kind == "number":
            low, high = _bounds(schema, -(10**6), 10**6)
            return st.integers(low * 100, high * 100).map(lambda number: number / 100)
        return JSON

    def problems(self, schema: Schema, value: Any, where: str = "$") -> Iterator[str]:
        """What about a value does not fit."""
        schema = self.resolve(schema)
        if "const" in schema and value != schema["const"]:
            yield f"{where}: {value!r} is not {schema['const']!r}"
        if "enum" in schema and value not in schema["enum"]:
            yield f"{where}: {value!r} is not one of {schema['enum']}"
        for union in ("anyOf", "oneOf"):
            if union in schema and all(list(self.problems(s, value, where)) for s in schema[union]):
                yield f"{where}: {value!r} fits no alternative"
        kind = schema.get("type")
        if kind is not None:
            fits = isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))
            if not fits:
                yield f"{where}: {value!r} is no {kind}"
                return
        if isinstance(value, dict):
            yield from self._object_problems(schema, value, where)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from self.problems(schema.get("items", {}), item, f"{where}[{index}]")
        elif isinstance(value, str):
            yield from _string_problems(schema, value, where)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            if not math.isfinite(value):
                yield f"{where}: {value} is not finite"
            if value < schema.get("minimum", -math.inf) or value > schema.get("maximum", math.inf):
                yield f"{where}: {value} is out of bounds"

    def _objects(self, schema: Schema, depth: int) -> st.SearchStrategy[Any]:
        properties: Mapping[str, Schema] = schema.get("properties", {})
        if not properties:
            return st.dictionaries(st.text(TEXT, max_size=5), JSON, max_size=2)
        required = set(schema.get("required", []))
        # Deep in a body only what is required, so that examples stay small.
        optional = {} if depth > 2 else {k: v for k, v in properties.items() if k not in required}
        return st.fixed_dictionaries(
            {name: self.values(properties[name], depth + 1) for name in sorted(required)},
            optional={name: self.values(inner, depth + 1) for name, inner in sorted(optional.items())},
        )

    def _strings(self, schema: Schema) -> st.SearchStrategy[Any]:
        if schema.get("format") == "date-time":
            return MOMENTS.map(lambda moment: moment.isoformat().replace("+00:00", "Z"))
        if schema.get("format") == "uuid":
            return st.uuids().map(str)
        least, most = schema.get("minLength", 0), schema.get("maxLength", 30)
        if "pattern" in schema:
            drawn = st.from_regex(schema["pattern"].replace("$", r"\Z"), alphabet=TEXT)
            return drawn.filter(lambda text: least <= len(text) <= schema.get("maxLength", 10**6))
        return st.text(TEXT, min_size=least, max_size=max(least, min(most, 30)))

    def _object_problems(self, schema: Schema, value: dict[str, Any], where: str) -> Iterator[str]:
        properties = schema.get("properties", {})
        for name in schema.get("required", []):
            if name not in value:
                yield f"{where}: {name} is missing"
        extra = schema.get("additionalProperties", not properties)
        for name, inner in value.items():
            if name in properties:
                yield from self.problems(properties[name], inner, f"{where}.{name}")
            elif extra is False or (extra is not True and not isinstance(extra, Mapping)):
                yield f"{where}: {name} is not described"
            elif isinstance(extra, Mapping):
                yield from self.problems(extra, inner, f"{where}.{name}")


TEXT = st.characters(codec="utf-8", exclude_categories=["Cc"])
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def _bounds(schema: Schema, low: int, high: int) -> tuple[int, int]:
    low = math.ceil(schema.get("minimum", schema.get("exclusiveMinimum", low - 1) + 1))
    high = math.floor(schema.get("maximum", schema.get("exclusiveMaximum", high + 1) - 1))
    return low, high


def _string_problems(schema: Schema, value: str, where: str) -> Iterator[str]:
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", math.inf):
        yield f"{where}: {value!r} has a wrong length"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{where}: {value!r} does not match {schema['pattern']}"
    try:
        if schema.get("format") == "date-time":
            datetime.fromisoformat(value)
        elif schema.get("format") == "uuid":
            uuid.UUID(value)
    except ValueError:
        yield f"{where}: {value!r} is no {schema['format']}"
