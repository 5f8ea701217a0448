"""Finds the Python files below the roots of the topologies and names the modules they are."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from keyword import iskeyword
from typing import Protocol

import msgspec

from archwright.contracts.errors import ContractError, ContractErrors
from archwright.contracts.patterns import PathPattern
from archwright.contracts.regular_files import read_regular
from archwright.contracts.topology import RootPath

SKIPPED_DIRECTORIES = frozenset({"__pycache__", "node_modules"})
"""Never looked into, like hidden directories and virtual environments (those with a ``pyvenv.cfg``)."""


ENOUGH_BYTES = 10_000_000
"""No facts are read of larger files: what is in them beyond this makes no difference."""


LOST = "\N{REPLACEMENT CHARACTER}"
"""Stands in a path for what is no text in the name of a file, and for a backslash: such a file cannot be read by its path."""
_NO_TEXT = re.compile(r"[\ud800-\udfff\\]")


class SourceFile(msgspec.Struct, frozen=True, order=True):
    """One Python file. Two files may claim one module (``a.py`` beside ``a/__init__.py``, or in two roots)."""

    path: str
    """Relative to the project directory, with forward slashes."""
    module: str
    """Dotted name below the root: ``app.db``; a package's own name for its ``__init__.py``."""
    is_package: bool
    root: str
    """The root it was found in, as in the topology."""
    unnameable: bool = False
    """Whether an ``import`` statement cannot name the module: some part of the name is no identifier."""


class Rooted(Protocol):
    """What says where files are looked for: a topology."""

    @property
    def roots(self) -> tuple[RootPath, ...]:
        """Directories modules are imported from."""

    @property
    def exclude(self) -> tuple[PathPattern, ...]:
        """Files and directories not to look at."""


def discover(project_dir: str | os.PathLike[str], topologies: Iterable[Rooted]) -> tuple[SourceFile, ...]:
    """All Python files below the roots of *topologies*, sorted by path.

    A file belongs to the innermost root it is in. What a topology excludes is left out of the roots of that
    topology. Packages need no ``__init__.py``. Symbolic links to directories are followed where they lead
    to code of the project that is in no root. Raises ``ContractErrors`` for a root that is no directory, a
    directory that cannot be read, and a link that leads out of the project.
    """
    roots: dict[str, _Root] = {}
    for topology in topologies:
        for path in topology.roots:
            root = roots.setdefault(str(path), _Root(path, []))
            root.excludes.append(topology.exclude)
    walk = _Walk(os.fspath(project_dir), roots)
    for _, root in sorted(roots.items()):
        walk.root(root)
    if walk.errors:
        raise ContractErrors(walk.errors)
    return tuple(sorted(walk.files))


def name_file(path: str, roots: Iterable[str]) -> SourceFile | None:
    """The source file that a file at *path* (relative to the project) would be, None when it is in none of *roots*."""
    inside = [root for root in roots if root == "." or path.startswith(f"{root}/")]
    if not inside or not path.endswith(".py"):
        return None
    root = max(inside, key=lambda r: 0 if r == "." else len(r))
    parts = (path if root == "." else path[len(root) + 1 :]).removesuffix(".py").split("/")
    is_package = parts[-1] == "__init__" and len(parts) > 1
    if is_package:
        parts.pop()
    return SourceFile(path, ".".join(parts), is_package, root, not all(map(_nameable, parts)))


def read_source(path: str | os.PathLike[str]) -> bytes:
    """The content of a source file, as much of it as anybody can need; raises ``OSError`` when it cannot be read."""
    return read_regular(path, ENOUGH_BYTES)


class _Root(msgspec.Struct, frozen=True):
    path: RootPath
    excludes: list[tuple[PathPattern, ...]]
    """Of every topology that has this root: a file is left out when all of them exclude it."""

    def excluded(self, path: str) -> bool:
        return all(any(p.match(path) is not None for p in patterns) for patterns in self.excludes)


class _Walk:
    def __init__(self, project: str, roots: dict[str, _Root]) -> None:
        self.project = project
        self.real_project = os.path.realpath(project)
        self.roots = roots
        self.real_roots = {os.path.realpath(os.path.join(project, path)) for path in roots}
        self.followed: set[str] = set()
        self.files: list[SourceFile] = []
        self.errors: list[ContractError] = []

    def root(self, root: _Root) -> None:
        path = str(root.path)
        directory = self.project if path == "." else os.path.join(self.project, path)
        if not os.path.isdir(directory):
            what = "is not a directory" if os.path.exists(directory) else "does not exist"
            hint = "name a directory of the project that modules are imported from"
            self.errors.append(ContractError.at(root.path.origin, f'root "{path}" {what}', hint))
            return
        prefix = "" if path == "." else f"{path}/"
        # Depth first with an own stack: a tree may be deeper than Python's.
        pending = [(directory, prefix, "", False)]
        while pending:
            pending += self.directory(root, *pending.pop())

    def directory(
        self, root: _Root, directory: str, prefix: str, package: str, unnameable: bool
    ) -> list[tuple[str, str, str, bool]]:
        """Take the files of *directory*; returns the directories below it that are to be walked."""
        try:
            with os.scandir(directory) as entries:
                found = sorted(entries, key=lambda e: e.name)
        except OSError as error:
            shown = prefix.rstrip("/") or "."
            hint = 'make it readable or add it to "exclude"'
            self.errors.append(ContractError(f"cannot be read: {error.strerror}", shown, hint=hint))
            return []
        if package and any(entry.name == "pyvenv.cfg" for entry in found):
            return []
        excludes = all(root.excludes)
        root_name = str(root.path)
        below: list[tuple[str, str, str, bool]] = []
        for entry in found:
            name = _shown(entry.name)
            if entry.is_dir(follow_symlinks=False) or (entry.is_symlink() and os.path.isdir(entry.path)):
                path = prefix + name
                if name.startswith(".") or name in SKIPPED_DIRECTORIES or path in self.roots:
                    continue
                if excludes and root.excluded(path):
                    continue
                if entry.is_symlink() and not self.follow(entry.path, path):
                    continue
                below.append((entry.path, f"{path}/", f"{package}{name}.", unnameable or not _nameable(name)))
            elif name.endswith(
                ".py"
            ):  # a link to nothing or a pipe, too: reading it fails, and the reader says so
                path = prefix + name
                if excludes and root.excluded(path):
                    continue
                stem = name[:-3]
                if stem == "__init__" and package:
                    self.files.append(SourceFile(path, package[:-1], True, root_name, unnameable))
                else:
                    flagged = unnameable or not _nameable(stem)
                    self.files.append(SourceFile(path, package + stem, False, root_name, flagged))
        return below

    def follow(self, link: str, path: str) -> bool:
        """Whether to walk what *link* leads to: once, and not what some root's own walk covers."""
        target = os.path.realpath(link)
        if not _within(target, self.real_project):
            hint = 'add the link to "exclude", or keep the code in the project'
            self.errors.append(ContractError("is a link that leads out of the project", path, hint=hint))
            return False
        covered = any(_within(target, root) or _within(root, target) for root in self.real_roots)
        if covered or target in self.followed:
            return False
        self.followed.add(target)
        return True


def _within(path: str, directory: str) -> bool:
    return path == directory or path.startswith(directory.rstrip(os.sep) + os.sep)


def _shown(name: str) -> str:
    """The name in a path that can be printed, compared and split anywhere."""
    return _NO_TEXT.sub(LOST, name) if _NO_TEXT.search(name) else name


def _nameable(part: str) -> bool:
    return part.isidentifier() and not iskeyword(part)
