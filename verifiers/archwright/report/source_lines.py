"""Lines of the files that findings point into."""

from __future__ import annotations

import re
from collections.abc import Callable

_LINE_END = re.compile(r"\r\n|\r|\n")


class SourceLines:
    """Reads a file when one of its lines is first asked for. Lines end where Python says they do."""

    def __init__(self, read: Callable[[str], bytes]) -> None:
        """*read* gives the content of a path and raises ``OSError`` when it cannot."""
        self._read = read
        self._files: dict[str, list[str]] = {}

    def line(self, path: str, number: int) -> str | None:
        """Line *number*, counted from 1, without its end; None where there is none."""
        lines = self._files.get(path)
        if lines is None:
            lines = self._files[path] = self._load(path)
        return lines[number - 1] if 1 <= number <= len(lines) else None

    def _load(self, path: str) -> list[str]:
        try:
            data = self._read(path)
        except OSError:
            return []
        return _LINE_END.split(data.decode("utf-8-sig", errors="replace"))
