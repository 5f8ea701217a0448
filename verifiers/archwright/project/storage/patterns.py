"""Regular expressions on constants, where a declaration computes a name with one: ``CamelCase`` to ``snake_case``.

The expressions come from the code under judgement. One with several repetitions can take exponential time, so only those with at
most one are tried, on short texts.
"""

from __future__ import annotations

import re
from typing import Any

from archwright.project.storage.literals import Made, Unknown

_TEXT = 200
"""The longest text an expression is tried on; names are shorter."""
_PATTERN = 100
_GROUPS = re.compile(r"\(\?[:=!<#]")
_ESCAPED = re.compile(r"\\.|\[\^?\]?[^\]]*\]", re.DOTALL)
_REPEATS = re.compile(r"[*+?{]")


def substituted(made: Made) -> Any:
    """What ``re.sub(pattern, text, subject)``, or ``sub`` of a compiled pattern, gives; None for any other call."""
    receiver = made.receiver
    if made.name == "re.sub" and made.complete:
        parts = made.args
    elif made.name == ".sub" and isinstance(receiver, Made) and receiver.name == "re.compile":
        parts = (*receiver.args[:1], *made.args)
    else:
        return None
    plain = made.complete and not made.kwargs and not (isinstance(receiver, Made) and _has_flags(receiver))
    if not plain or len(parts) != 3 or not all(isinstance(part, str) for part in parts):
        return Unknown("a text with a part that cannot be told", made.at)
    pattern, replacement, subject = parts
    if len(subject) > _TEXT or len(pattern) > _PATTERN or not _is_simple(pattern):
        return Unknown("what a regular expression with several repetitions makes of a text", made.at)
    try:
        return re.sub(pattern, replacement, subject)
    except (re.error, IndexError):
        return Unknown("a regular expression that is none", made.at)


def _has_flags(compiled: Made) -> bool:
    return len(compiled.args) != 1 or bool(compiled.kwargs) or not compiled.complete


def _is_simple(pattern: str) -> bool:
    plain = _GROUPS.sub("(", _ESCAPED.sub("x", pattern))
    return len(_REPEATS.findall(plain)) <= 1
