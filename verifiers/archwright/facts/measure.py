"""How much hangs on one another in a file's expressions: one pass over its tokens, without reading what they mean."""

from __future__ import annotations

import re

import msgspec

from archwright.facts.branches import MAX_BRANCHES, Branches

MAX_NESTING = 200
"""CPython's own limit on nested brackets."""
MAX_LINKS = 1_000
"""Operators, calls, subscripts and attributes that may hang on one another in one expression."""
MAX_PATTERN = 16
"""Brackets in each other that a ``case`` or a ``del`` may have; those of a mapping count twice."""
MAX_WORK = 50_000_000
"""What the chains of a file may come to: for each link the number of tokens it hangs on, for calls ``_CALL`` times that."""
SHORT = 10
"""Links of a chain that cost no more than other code."""
SHALLOW = 8
"""Brackets of a pattern that cost no more than others."""
_CALL = 5


class Excess(msgspec.Struct, frozen=True):
    """Where a file goes beyond a bound."""

    message: str
    """What is too much, and what to write instead."""
    line: int
    column: int


def measure(data: bytes) -> Excess | None:
    """The first place at which the source *data* goes beyond a bound of this module; None when there is none.

    What is no Python is measured as far as it looks like it.
    """
    try:
        _Pass(data).run()
    except _ExcessError as error:
        line_start = max(data.rfind(b"\n", 0, error.at), data.rfind(b"\r", 0, error.at)) + 1
        line = len(_NEWLINES.findall(data, 0, line_start)) + 1
        return Excess(error.message, line, len(data[line_start : error.at].decode(errors="replace")) + 1)
    return None


class _ExcessError(Exception):
    def __init__(self, message: str, at: int) -> None:
        self.message = message
        self.at = at


class _Level:
    """The code between two brackets, or outside of all."""

    __slots__ = ("costs", "is_hole", "lambdas", "links", "start", "term", "tight", "tightest", "tokens")

    def __init__(self, start: int, tokens: int, *, costs: int = 0, is_hole: bool = False) -> None:
        self.links = 0
        """How deep the expression at hand may be: its loose operators, and the most tight ones that one of its terms has."""
        self.tight = self.tightest = 0
        """Links of the term at hand, and of the longest."""
        self.lambdas = 0
        """Lambdas whose parameters are being read."""
        self.start = start
        """Where the expression at hand begins."""
        self.tokens = tokens
        """How many tokens stood before it ..."""
        self.term = tokens
        """... and before the term at hand."""
        self.costs = costs
        """What the bracket counts in a pattern."""
        self.is_hole = is_hole
        """Whether it is an expression in a formatted string."""


class _Text:
    """A formatted string, or the format of one of its expressions, that is open."""

    __slots__ = ("depth", "end", "pieces")

    def __init__(self, depth: int, pieces: re.Pattern[bytes], end: bytes) -> None:
        self.depth = depth
        """Number of levels where its literal text is read."""
        self.pieces = pieces
        self.end = end


_NEWLINES = re.compile(rb"\r\n|\r|\n")
_CODE = re.compile(
    rb"(?P<string>(?<![\w])[rRbBuUfFtT]{0,2}(?:\"\"\"|'''|\"|'))|(?P<quote>\"\"\"|'''|\"|')|(?P<newline>\r\n|\r|\n)"
    rb"|(?P<none>\#[^\r\n]*|\\\r\n|\\\r|\\\n)|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<comma>,)|(?P<semicolon>;)"
    rb"|(?P<colon>:)|(?P<operator>\*\*|//|<<|>>|[-+*/%@&|^~.])|(?P<word>\w+)|(?P<other>[<>=!]+)"
)
_LOOSE = frozenset({b"and", b"or", b"not", b"if", b"else", b"lambda", b"+", b"-", b"|", b"^", b"&"})
"""What ends a term: what stands on both sides does not hang on one another."""
_LINKING = frozenset({b"and", b"or", b"not", b"if", b"else", b"lambda", b"await"})
_PLAIN_ENDS = {
    b'"': re.compile(rb'[^"\\\r\n]*(?:\\(?:\r\n|[\s\S])[^"\\\r\n]*)*"'),
    b"'": re.compile(rb"[^'\\\r\n]*(?:\\(?:\r\n|[\s\S])[^'\\\r\n]*)*'"),
    b'"""': re.compile(rb'[^"\\]*(?:(?:\\[\s\S]|"(?!""))[^"\\]*)*"""'),
    b"'''": re.compile(rb"[^'\\]*(?:(?:\\[\s\S]|'(?!''))[^'\\]*)*'''"),
}


def _pieces(quote: bytes, *, raw: bool) -> re.Pattern[bytes]:
    named = b"" if raw else rb"\\N\{[^{}]*\}|"
    newline = rb"|\r|\n" if len(quote) == 1 else b""
    return re.compile(named + rb"\\(?:\r\n|[^{}])|\{\{|\}\}|[{}]|" + quote + newline)


_FORMATTED = {(quote, raw): _pieces(quote, raw=raw) for quote in _PLAIN_ENDS for raw in (False, True)}
_FORMAT = re.compile(rb"[{}]|\r|\n")


class _Pass:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._levels = [_Level(0, 0)]
        self._texts: list[_Text] = []
        self._tokens = 0
        self._links = 0
        self._work = 0
        self._pattern: int | None = None
        """What the open brackets of the ``case`` or ``del`` at hand come to; None in other code."""
        self._line_is_new = True
        self._line = 0
        """Where the line at hand begins."""
        self._branches = Branches()

    def run(self) -> None:
        """Raises ``_ExcessError`` at the first excess."""
        position: int | None = 0
        while position is not None:
            if self._texts and self._texts[-1].depth == len(self._levels):
                position = self._literal(self._texts[-1], position)
            else:
                position = self._code(position)

    def _code(self, position: int) -> int | None:
        match = _CODE.search(self._data, position)
        if match is None:
            return None
        kind, text = match.lastgroup, match.group()
        if kind == "none":
            return match.end()
        if kind == "newline":
            self._ended(match.end())
            self._line = match.end()
            return match.end()
        self._tokens += 1
        new, self._line_is_new = self._line_is_new, False
        if kind == "word":
            self._word(text, match.start(), new=new)
        elif kind == "operator":
            self._linked(1, loose=text in _LOOSE)
        elif kind == "open":
            self._opened(text, match)
        elif kind == "close":
            self._closed()
        elif kind == "comma":
            if not self._levels[-1].lambdas:
                self._reset(match.end())
        elif kind == "colon":
            self._colon(match.end())
        elif kind == "semicolon":
            self._ended(match.end())
        elif kind in ("string", "quote"):
            return self._string(text, match.end())
        return match.end()

    # --- tokens ---

    def _word(self, text: bytes, position: int, *, new: bool) -> None:
        if new and self._branches.begins(text, position - self._line):
            message = f"more than {MAX_BRANCHES} branches of one `if`; look them up in a table"
            raise _ExcessError(message, position)
        if text in _LINKING:
            self._linked(1, loose=text in _LOOSE)
            self._levels[-1].lambdas += text == b"lambda"
        elif text == b"del" or (new and text == b"case"):
            self._pattern = 0

    def _opened(self, bracket: bytes, match: re.Match[bytes]) -> None:
        costs = 0
        if self._pattern is not None:
            costs = 2 if bracket == b"{" else 1
            self._pattern += costs
            if self._pattern > MAX_PATTERN:
                message = f"brackets of a `case` or a `del` nested deeper than {MAX_PATTERN}; take it apart in steps"
                raise _ExcessError(message, match.start())
            if self._pattern > SHALLOW:
                self._worked(_CALL << self._pattern, match.start())
        self._nest(match.start(), _Level(match.end(), self._tokens, costs=costs))

    def _nest(self, position: int, level: _Level) -> None:
        self._levels.append(level)
        if len(self._levels) > MAX_NESTING + 1:
            raise _ExcessError(f"brackets nested deeper than {MAX_NESTING}; give parts names", position)

    def _closed(self) -> None:
        if len(self._levels) > 1:
            level = self._levels.pop()
            self._links -= level.links
            if self._pattern is not None:
                self._pattern -= level.costs
            if level.is_hole:
                return
        self._linked(_CALL)

    def _linked(self, weight: int, *, loose: bool = False) -> None:
        level = self._levels[-1]
        if loose:
            level.tight = 0
            level.term = self._tokens
        else:
            level.tight += 1
        if loose or level.tight > level.tightest:
            level.tightest = max(level.tight, level.tightest)
            level.links += 1
            self._links += 1
        if self._links > MAX_LINKS:
            longest = max(self._levels, key=lambda each: each.links)
            message = (
                f"more than {MAX_LINKS} operators, calls and attributes hang on one another in one expression; "
                "split it, for example into a list that is joined or summed"
            )
            raise _ExcessError(message, self._begin(longest.start))
        if level.links > SHORT:
            begin = level.tokens if loose else level.term
            self._worked(weight * (self._tokens - begin), level.start)

    def _worked(self, amount: int, position: int) -> None:
        self._work += amount
        if self._work > MAX_WORK:
            message = "too many long chains of operators, calls and attributes; split them, or keep data in data files"
            raise _ExcessError(message, self._begin(position))

    def _colon(self, position: int) -> None:
        level = self._levels[-1]
        if level.lambdas:
            level.lambdas -= 1
        elif level.is_hole:
            self._texts.append(_Text(len(self._levels), _FORMAT, b"}"))
        elif len(self._levels) == 1:
            self._ended(position)
        else:
            self._linked(1)

    def _reset(self, position: int) -> None:
        level = self._levels[-1]
        self._links -= level.links
        level.links = level.tight = level.tightest = level.lambdas = 0
        level.start, level.tokens, level.term = position, self._tokens, self._tokens

    def _ended(self, position: int) -> None:
        """A statement ends, unless that is inside brackets."""
        if len(self._levels) == 1:
            self._reset(position)
            self._pattern = None
            self._line_is_new = True

    def _begin(self, position: int) -> int:
        """Where code begins after *position*."""
        found = re.compile(rb"[^\s\\]").search(self._data, position)
        return found.start() if found else position

    # --- strings ---

    def _string(self, opening: bytes, position: int) -> int | None:
        quote = opening.lstrip(b"rRbBuUfFtT")
        prefix = opening[: -len(quote)].lower()
        if b"f" in prefix or b"t" in prefix:
            self._texts.append(_Text(len(self._levels), _FORMATTED[quote, b"r" in prefix], quote))
            return position
        end = _PLAIN_ENDS[quote].match(self._data, position)
        if end is not None:
            return end.end()
        return None if len(quote) == 3 else position

    def _literal(self, text: _Text, position: int) -> int | None:
        """The next piece of what stands outside the expressions of a formatted string."""
        match = text.pieces.search(self._data, position)
        if match is None:
            return None
        piece = match.group()
        if piece == b"{":
            self._nest(match.start(), _Level(match.end(), self._tokens, is_hole=True))
        elif piece == text.end:
            self._texts.pop()
            if piece == b"}":
                self._closed()
        elif piece in (b"\r", b"\n"):  # no string any more
            self._texts.pop()
            return match.start()
        return match.end()
