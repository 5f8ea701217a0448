"""A guide per kind of contract, from what its verifier says about itself and from code it was shown to get right."""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from archwright.contracts.contract import Contract
from archwright.contracts.convert import Field, fields_of
from archwright.contracts.loader import Kind, Kinds
from archwright.contracts.selectors import EdgeSelector, Selector
from archwright.docs.examples import Example, examples
from archwright.docs.page import Page
from archwright.docs.templates import Templates

_COMMON = frozenset(field.key for field in fields_of(Contract))


class KeyDoc(msgspec.Struct, frozen=True):
    """One key a contract may have."""

    key: str
    takes: str
    """What may be written there."""
    required: bool
    description: str


class PartDoc(msgspec.Struct, frozen=True):
    """A mapping that stands in a contract: its name and its keys."""

    name: str
    says: str
    keys: tuple[KeyDoc, ...]


class RuleDoc(msgspec.Struct, frozen=True):
    """One rule of a kind; a kind with a single rule has one without a name."""

    name: str
    says: str
    """Docstring of the contract, whole."""
    keys: tuple[KeyDoc, ...]


class KindDoc(msgspec.Struct, frozen=True):
    """One kind."""

    name: str
    says: tuple[str, ...]
    """Docstrings of the modules that decide it, that of what its rules have in common first."""
    rules: tuple[RuleDoc, ...]
    parts: tuple[PartDoc, ...]


def describe_kind(name: str, kind: Kind) -> KindDoc:
    """The guide to a kind, without examples."""
    structs: Mapping[str, type[Contract]] = {"": kind} if isinstance(kind, type) else kind
    parts: dict[type, PartDoc] = {}
    rules = tuple(
        RuleDoc(rule, _clean(cls.__doc__), tuple(_keys(cls, parts))) for rule, cls in sorted(structs.items())
    )
    own = (base for cls in structs.values() for base in reversed(cls.__mro__) if base is not Contract)
    modules = dict.fromkeys(inspect.getmodule(base) for base in own if issubclass(base, Contract))
    says = tuple(_clean(module.__doc__) for module in modules if module is not None and module.__doc__)
    return KindDoc(name, says, rules, tuple(parts.values()))


def kind_pages(kinds: Kinds, templates: Templates, corpus: Path | None) -> Iterator[Page]:
    """A page per kind and one that lists them. *corpus* holds the examples: ``<family>/<case>/src/…``."""
    shown: dict[str, list[Example]] = {name: [] for name in kinds}
    for example in examples(corpus) if corpus is not None else ():
        for name in example.kinds:
            shown.setdefault(name, []).append(example)
    described = [describe_kind(name, kind) for name, kind in sorted(kinds.items())]
    common = tuple(_keys(Contract, {}))
    selector = PartDoc("selector", _clean(Selector.__doc__), tuple(_keys(Selector, {})))
    counts = [(doc, len(shown[doc.name])) for doc in described]
    yield Page("README.md", templates.render("kinds.md.j2", kinds=counts, common=common, selector=selector))
    for doc in described:
        text = templates.render("kind.md.j2", kind=doc, examples=shown[doc.name])
        yield Page(f"{doc.name}.md", text)


def _keys(cls: type, parts: dict[type, PartDoc]) -> Iterator[KeyDoc]:
    for field in fields_of(cls):
        if field.key in ("kind", "rule") or (cls is not Contract and _inherited(cls, field)):
            continue
        yield KeyDoc(field.key, _takes(field.annotation, parts), field.required, field.description)


def _inherited(cls: type, field: Field) -> bool:
    return issubclass(cls, Contract) and field.key in _COMMON


def _takes(annotation: Any, parts: dict[type, PartDoc]) -> str:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _takes(get_args(annotation)[0], parts)
    if origin in (Union, types.UnionType):
        options = [option for option in get_args(annotation) if option is not types.NoneType]
        return " or ".join(dict.fromkeys(_takes(option, parts) for option in options))
    if origin in (tuple, list):
        return f"{_takes(get_args(annotation)[0], parts)}, or a list"
    if origin is Literal:
        return " \\| ".join(f"`{value}`" for value in get_args(annotation))
    if origin is not None:
        return f"mapping to {_takes(get_args(annotation)[1], parts)}"
    if annotation in (Selector, EdgeSelector):
        return "[selector](README.md#selectors)"
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        name = annotation.__name__
        if annotation not in parts:
            parts[annotation] = PartDoc(name, "", ())  # it may contain itself
            parts[annotation] = PartDoc(name, _clean(annotation.__doc__), tuple(_keys(annotation, parts)))
        return f"[{name}](#{name.lower()})"
    words = {str: "text", bool: "`true` \\| `false`", int: "whole number", float: "number"}
    return words.get(annotation) or _words(annotation.__name__)


def _words(name: str) -> str:
    """``SymbolPattern`` as ``symbol pattern``."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()


def _clean(docstring: str | None) -> str:
    return inspect.cleandoc(docstring or "")
