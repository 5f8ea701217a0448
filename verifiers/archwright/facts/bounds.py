"""How much of a file the parser is asked to read: what would keep it busy for minutes is found out before, in linear time.

libcst takes time that grows with the square of what hangs on one another in an expression, and with a power of the depth of some
brackets. The bounds are counts, not seconds: a file is read on every machine or on none.
"""

from __future__ import annotations

import re
from itertools import accumulate

from archwright.facts.branches import MAX_BRANCHES
from archwright.facts.measure import MAX_LINKS, MAX_NESTING, MAX_WORK, SHALLOW, SHORT, Excess, measure

MAX_BYTES = 8_000_000
"""A larger source file is data in disguise."""
MAX_TOKENS = 500_000
"""Words, signs and line ends of a file: the parser needs some 2 kB and 20 µs for each of them."""


def excess(data: bytes) -> Excess | None:
    """The first place at which the source *data* goes beyond a bound; None when the parser can be asked to read it."""
    if len(data) > MAX_BYTES:
        return Excess(f"larger than {MAX_BYTES // 1_000_000} MB; keep data in data files", 1, 1)
    code = _CONTINUED.sub(b" ", _TEXT.sub(_without_text, data))
    if len(data) > MAX_TOKENS and sum(1 for _ in _TOKEN.finditer(code)) > MAX_TOKENS:
        return Excess(f"more than {MAX_TOKENS} tokens; split it, or keep data in data files", 1, 1)
    if data.count(b"elif") > MAX_BRANCHES:
        return measure(data)
    shallow = SHALLOW // 2 if _PATTERN.search(code) else MAX_NESTING
    return measure(data) if _suspicious(code.translate(_BRACKETS, _IRRELEVANT), shallow) else None


# --- at first glance: lines that are short and flat need no closer look -------------------------------------------

_DOUBLE = r'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""|"[^"\\\r\n]*(?:\\.[^"\\\r\n]*)*"'
_SINGLE = _DOUBLE.replace('"', "'")
_TEXT = re.compile(rf"\#[^\r\n]*|{_DOUBLE}|{_SINGLE}".encode(), re.DOTALL)
_TOKEN = re.compile(rb"\w+|[^\w\s]|\r|\n")
_PREFIX = b"fFtTrR"
_PATTERN = re.compile(rb"(?:^|[;:\r])[ \t\f]*(?:case|del)\b[^\r\n]*[(\[{]", re.MULTILINE)
_CONTINUED = re.compile(rb"\\(?:\r\n|\r|\n)")
_BRACKETS = bytes.maketrans(b"[{]}", b"(())")
_IRRELEVANT = bytes(set(range(256)) - set(b"+-*/%@&|^~<>=:.,()[]{}\r\n\t\f "))
_STEPS = [(code == ord("(")) - (code == ord(")")) for code in range(256)]


def _without_text(match: re.Match[bytes]) -> bytes:
    """Nothing for a comment and one token for a string, but what may hold expressions stays as one line."""
    text, start = match.group(), match.start()
    if text[0] in b"#":
        return b""
    if not start or match.string[start - 1] not in _PREFIX:
        return b" 0"
    # Quotes inside the braces of a formatted string may have ended the match too early.
    return text.replace(b"\n", b" ") if text.count(b"{") == text.count(b"}") else b"(" * (MAX_NESTING + 1)


def _suspicious(code: bytes, shallow: int) -> bool:
    """Whether a closer look may find anything: *code* has one character for at most two tokens, all brackets are round."""
    depth = length = work = 0
    for line in code.split(b"\n"):
        length += len(line) + 1
        opened = line.count(b"(")
        if (
            depth + opened > shallow
            and max(accumulate(map(_STEPS.__getitem__, line), initial=depth)) > shallow
        ):
            return True
        depth += opened - line.count(b")")
        if not depth:
            if length > SHORT:
                work += length * length
                if length > MAX_LINKS:
                    return True
            length = 0
    return length > MAX_LINKS or work > MAX_WORK // 2
