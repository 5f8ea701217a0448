"""A project's files with changes held in memory, so that code can be judged before it is written to disk."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterable, Mapping

from archwright.source.files import LOST, SourceFile, name_file, read_source


class Workspace:
    """The files of a project as they are on disk, except for changes in memory. Immutable."""

    def __init__(
        self,
        project_dir: str | os.PathLike[str],
        files: Iterable[SourceFile],
        changes: Mapping[str, bytes | None] | None = None,
    ) -> None:
        """*changes*: new content by path relative to the project; None for a file that is deleted.

        An added Python file is named after the innermost root of *files* it is in.
        """
        self.project_dir = os.fspath(project_dir)
        self._changes = dict(changes or {})
        self._on_disk = tuple(files)
        by_path = {file.path: file for file in self._on_disk}
        roots = {file.root for file in self._on_disk}
        for path, content in self._changes.items():
            _check_relative(path)
            if content is None:
                by_path.pop(path, None)
            elif path not in by_path and (added := name_file(path, roots)) is not None:
                by_path[path] = added
        self.files: tuple[SourceFile, ...] = tuple(sorted(by_path.values()))

    def read(self, path: str) -> bytes:
        """The content of the file at *path*, relative to the project; raises ``OSError`` when it cannot be read."""
        if path in self._changes:
            content = self._changes[path]
            if content is None:
                raise FileNotFoundError(2, "No such file or directory", path)
            return content
        _check_relative(path)
        try:
            return read_source(os.path.join(self.project_dir, path))
        except FileNotFoundError:
            if LOST in path:
                raise OSError(errno.EILSEQ, "its name is not UTF-8, or has a backslash in it", path) from None
            raise

    def with_changes(self, changes: Mapping[str, bytes | None]) -> Workspace:
        """This workspace with more *changes* on top."""
        return Workspace(self.project_dir, self._on_disk, {**self._changes, **changes})

    @property
    def changed(self) -> frozenset[str]:
        """Paths that are different from, added to or deleted from what is on disk."""
        return frozenset(self._changes)


def content_key(content: bytes) -> str:
    """A key for *content*: 32 hexadecimal digits, equal for equal bytes."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _check_relative(path: str) -> None:
    if path.startswith("/") or ".." in path.split("/") or "\\" in path:
        raise ValueError(f'"{path}" is not a path below the project directory')
