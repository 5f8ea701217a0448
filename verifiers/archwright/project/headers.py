"""Headers: what the comment block above the code claims, taken apart. A docstring or a string is no header."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from archwright.facts.summary import HeaderKey
from archwright.project.project import Project

_NOTE = re.compile(r"\([^()]*\)")
_RUNTIME = re.compile(r"\s+(?:at\s+run\s?time|\(run\s?time\))\s*$")
_BRACES = re.compile(r"\{([^{}]*)\}")
_CONTINUED = re.compile(r"#\s{2,}(?P<text>\S.*)$")
NOTHING_CLAIMED = frozenset({"none", "nothing", "-", "n/a"})
_MAX_ITEMS = 400


class Claim(msgspec.Struct, frozen=True):
    """One key of a header with all that is written behind it."""

    key: str
    value: str
    line: int


class Item(msgspec.Struct, frozen=True):
    """One thing a list in a header names: ``L6 orders_driver``, ``sqlalchemy at runtime``, ``app.models.*``."""

    group: str
    """The word before the name, or the only word; empty for a dotted name."""
    name: str
    """Empty where the whole group is meant."""
    runtime: bool
    """Whether it is said of what happens at run time only."""
    text: str
    """As written, braces resolved."""


def claims(project: Project, module: str, key: str) -> list[Claim]:
    """What the header of *module* says under *key*, in any case; continued over more deeply indented lines."""
    found = [h for h in project.summary(module).header if h.key.casefold() == key.casefold()]
    return [Claim(h.key, _whole(project, module, h), h.line) for h in found]


def items(value: str, words: frozenset[str]) -> list[Item]:
    """The list in a claim. A plain name behind ``word name,`` belongs to that word, too; *words* are known groups.

    Braces stand for alternatives: ``L6 {orders, customers}_driver``. What is in parentheses is a note. Nothing claimed is an
    empty list.
    """
    found: list[Item] = []
    group = ""
    for part in _split(_without_notes(value)):
        for text in _expanded(part):
            runtime = _RUNTIME.search(text) is not None
            plain = _RUNTIME.sub("", text).strip().rstrip(".")
            if not plain or plain.casefold() in NOTHING_CLAIMED:
                continue
            first, _, rest = plain.partition(" ")
            rest = rest.strip()
            if first in words:
                group = first
                found.append(Item(first, rest, runtime, plain))
            elif "." in first or "*" in first:
                group = ""
                found.append(Item("", plain, runtime, plain))
            elif group and any(item.name for item in found[-1:]):
                found.append(Item(group, plain, runtime, plain))
            else:
                group = ""
                found.append(Item("", plain, runtime, plain))
    return found


def named(name: str, module: str) -> bool:
    """Whether *name*, from a header, stands for *module*: its last words, or those of a package around it; ``*`` is any word,
    ``**`` any number of them.
    """
    pattern = ".".join(
        r"(?:\w+\.)*\w+" if part == "**" else re.escape(part).replace(r"\*", r"\w*")
        for part in name.split(".")
    )
    if "*" in name:
        return re.fullmatch(rf"(?:.*\.)?{pattern}", module) is not None
    return re.fullmatch(rf"(?:.*\.)?{pattern}(?:\..*)?", module) is not None


def _whole(project: Project, module: str, header: HeaderKey) -> str:
    if header.value and not header.value.rstrip().endswith(","):
        return header.value
    lines = {comment.line: comment.text for comment in project.code(module).header}
    taken = {h.line for h in project.summary(module).header}
    value, line = header.value, header.line + 1
    while line in lines and line not in taken:
        match = _CONTINUED.match(lines[line])
        if match is None:
            break
        value, line = f"{value} {match['text']}".strip(), line + 1
    return value


def _without_notes(value: str) -> str:
    return _NOTE.sub(lambda m: m.group() if _RUNTIME.search(f" {m.group()}") else "", value)


def _split(value: str) -> Iterator[str]:
    """The parts between commas and semicolons outside of braces."""
    depth, start = 0, 0
    for position, character in enumerate(value):
        depth += (character == "{") - (character == "}")
        if character in ",;" and depth <= 0:
            yield value[start:position].strip()
            start = position + 1
    yield value[start:].strip()


def _expanded(part: str) -> list[str]:
    pending, done = [part], list[str]()
    while pending and len(done) + len(pending) <= _MAX_ITEMS:
        text = pending.pop(0)
        match = _BRACES.search(text)
        if match is None:
            done.append(text)
            continue
        for choice in match[1].split(","):
            pending.append(text[: match.start()] + choice.strip() + text[match.end() :])
    return done + pending
