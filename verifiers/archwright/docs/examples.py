"""Examples for guides: trees of code with the findings that are expected written into them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

_KIND = re.compile(r"^\s*(?:-\s+)?kind:\s*(\w+)\s*$", re.MULTILINE)
_MARK = re.compile(r"\s*#(?P<sign>[!?]) (?P<ids>[a-z0-9-]+(?:, [a-z0-9-]+)*)\s*$")
_EXPECTED = re.compile(r"(?P<path>\S+):(?P<line>\d+) (?P<id>\S+) (?P<outcome>fail|undecided)")
_SAYS = {"!": "FAIL", "?": "undecided"}
_WORDS = {"fail": "FAIL", "undecided": "undecided"}


class Example(msgspec.Struct, frozen=True):
    """One tree, and whether something is to be found in it."""

    family: str
    name: str
    """Without ``valid-`` and ``invalid-``."""
    valid: bool
    kinds: tuple[str, ...]
    contract: str
    """The contracts it is judged by, without the topology."""
    path: str
    """The file that matters: the one with the marks, of a valid tree the one of that name in its twin, or the largest."""
    code: str
    """Its text; marks are turned into comments that say what is found."""
    found: tuple[str, ...]
    """What is found, where no comment in the code may say it: ``line 3: FAIL layers``."""

    @property
    def size(self) -> int:
        """Lines a reader has to read."""
        return self.code.count("\n")


def examples(corpus: Path) -> Iterator[Example]:
    """All trees below *corpus*, by family and name."""
    for family in sorted(path for path in corpus.iterdir() if path.is_dir()):
        for case in sorted(path for path in family.iterdir() if path.is_dir() and path.name != "contracts"):
            found = _example(family, case)
            if found is not None:
                yield found


def _example(family: Path, case: Path) -> Example | None:
    own = case / "contracts"
    contracts = _contracts(own if own.is_dir() else family / "contracts")
    word, _, name = case.name.partition("-")
    chosen = _chosen(case)
    if chosen is None:
        return None
    path, text = chosen
    shown = "\n".join(_MARK.sub(_says, line) for line in text.splitlines())
    return Example(
        family.name,
        name,
        word == "valid",
        tuple(dict.fromkeys(_KIND.findall(contracts))),
        contracts,
        path.relative_to(case).as_posix(),
        f"{shown}\n",
        _listed(case, path),
    )


def _chosen(case: Path) -> tuple[Path, str] | None:
    texts: dict[Path, str] = {}
    for path in sorted((case / "src").rglob("*.py")):
        try:
            texts[path] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a case about unreadable files
    marked = [p for p, text in texts.items() if any(_MARK.search(line) for line in text.splitlines())]
    marked += [p for p in texts if _listed(case, p)]
    if marked:
        return marked[0], texts[marked[0]]
    twin = case.with_name(f"invalid-{case.name.partition('-')[2]}")
    for path in texts:
        other = twin / path.relative_to(case)
        if other.is_file() and other.read_bytes() != path.read_bytes():
            return path, texts[path]
    largest = max(texts, key=lambda p: len(texts[p]), default=None)
    return None if largest is None or not texts[largest].strip() else (largest, texts[largest])


def _listed(case: Path, path: Path) -> tuple[str, ...]:
    """What the case's list of findings says about a file."""
    listed = case / "expected.txt"
    if not listed.is_file():
        return ()
    entries = [_EXPECTED.fullmatch(line.strip()) for line in listed.read_text(encoding="utf-8").splitlines()]
    shown = path.relative_to(case).as_posix()
    return tuple(
        f"line {entry['line']}: {_WORDS[entry['outcome']]} {entry['id']}"
        for entry in entries
        if entry is not None and entry["path"] == shown
    )


@cache
def _contracts(directory: Path) -> str:
    """The section ``contracts`` of the files in *directory*."""
    parts: list[str] = []
    for path in sorted(directory.glob("*.yaml")):
        keep = False
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line[0].isspace() and not line.startswith("#"):
                keep = line.startswith("contracts:")
            if keep:
                parts.append(line)
    return "\n".join(parts).rstrip() + "\n"


def _says(match: re.Match[str]) -> str:
    return f"  # ← {_SAYS[match['sign']]}: {match['ids']}"
