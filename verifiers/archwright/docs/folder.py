"""Pages compared with the files of a directory, and written there; what people wrote is never lost."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

from archwright.docs.page import Page, is_generated, notes, with_notes


class Change(msgspec.Struct, frozen=True):
    """A file that is not as it would be written."""

    path: str
    """Relative to the directory."""
    problem: Literal["missing", "stale", "orphaned", "foreign", "holds-notes"]
    """*orphaned*: nothing makes it any more; *foreign*: a page would overwrite a file that was not generated;
    *holds-notes*: orphaned, with notes that would be lost."""
    line: int = 0
    """The first line that differs, for a stale page."""
    page: Page | None = None
    """What belongs there."""


def changes(directory: Path, pages: Iterable[Page]) -> tuple[Change, ...]:
    """What writing *pages* would change, by path; none when all are fresh."""
    found = list(_judge(directory, pages))
    return tuple(sorted(found, key=lambda change: change.path))


def write(directory: Path, wanted: Iterable[Change]) -> None:
    """Makes the changes, but for files that hold what nobody generated: those stay as they are."""
    for change in wanted:
        path = directory / change.path
        if change.page is not None and change.problem in ("missing", "stale"):
            path.parent.mkdir(parents=True, exist_ok=True)
            scratch = path.with_name(f".{path.name}.new")
            scratch.write_text(change.page.text, encoding="utf-8", newline="\n")
            os.replace(scratch, path)
        elif change.problem == "orphaned":
            path.unlink()
            _prune(path.parent, directory)


def _judge(directory: Path, pages: Iterable[Page]) -> Iterator[Change]:
    made: set[str] = set()
    for page in pages:
        made.add(page.path)
        path = directory / page.path
        if not path.exists():
            yield Change(page.path, "missing", page=page)
            continue
        existing = _read(path)
        if not is_generated(existing):
            yield Change(page.path, "foreign")
            continue
        wanted = with_notes(page, existing) if page.is_markdown else page
        if wanted.text != existing:
            yield Change(page.path, "stale", _first_difference(existing, wanted.text), wanted)
    for path in sorted(directory.rglob("*")) if directory.is_dir() else ():
        relative = path.relative_to(directory).as_posix()
        if path.suffix in (".md", ".svg") and relative not in made and path.is_file():
            text = _read(path)
            if is_generated(text):
                yield Change(relative, "holds-notes" if notes(text) else "orphaned")


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace").replace("\r\n", "\n")


def _first_difference(old: str, new: str) -> int:
    before, after = old.splitlines(), new.splitlines()
    for number, (a, b) in enumerate(zip(before, after, strict=False), 1):
        if a != b:
            return number
    return min(len(before), len(after)) + 1


def _prune(directory: Path, top: Path) -> None:
    while directory != top and not any(directory.iterdir()):
        directory.rmdir()
        directory = directory.parent
