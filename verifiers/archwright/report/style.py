"""How text looks on a terminal: colours, and the characters lines are drawn with."""

from __future__ import annotations

import msgspec

from archwright.model import Verdict


class Style(msgspec.Struct, frozen=True):
    """What the terminal can show."""

    color: bool = False
    unicode: bool = True

    def verdict(self, verdict: Verdict, text: str = "") -> str:
        """*text* (default: the verdict's own word) in the verdict's colour."""
        return self._paint(text or verdict.value, _VERDICT_CODES[verdict])

    def bold(self, text: str) -> str:
        """*text*, emphasised."""
        return self._paint(text, "1")

    def dim(self, text: str) -> str:
        """*text*, in the background."""
        return self._paint(text, "2")

    @property
    def bar(self) -> str:
        """The line between line numbers and source."""
        return "│" if self.unicode else "|"

    @property
    def arrow(self) -> str:
        """From one thing to the next."""
        return "→" if self.unicode else "->"

    @property
    def dot(self) -> str:
        """Between the parts of a summary."""
        return "·" if self.unicode else "-"

    @property
    def ellipsis(self) -> str:
        """Something was left out."""
        return "…" if self.unicode else "..."

    def _paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and text else text


_VERDICT_CODES = {Verdict.PASS: "32", Verdict.WARN: "1;33", Verdict.FAIL: "1;31"}
