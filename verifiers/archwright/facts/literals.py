"""What string literals say, by their source text."""

from __future__ import annotations

import ast
import re

from archwright.facts import ir


def literal(text: str) -> ir.Expr:
    """The IR of a string or bytes literal with its quotes and prefix."""
    if text[0] in "\"'" and "\\" not in text:
        width = 3 if text[:3] in ('"""', "'''") and len(text) >= 6 else 1
        return ir.Str(text[width:-width])
    value = ast.literal_eval(text)
    return ir.Const(text) if isinstance(value, bytes) else ir.Str(_storable(value))


def formatted_text(text: str, *, raw: bool) -> str:
    """What literal text between the holes of a formatted string says."""
    text = text.replace("{{", "{").replace("}}", "}")
    return text if raw or "\\" not in text else _ESCAPE.sub(_unescaped, text)


_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|[abfnrtv\\'\"]|\r?\n)")


def _unescaped(match: re.Match[str]) -> str:
    try:
        value: str = ast.literal_eval(f'"""{match.group()}"""')
    except (SyntaxError, ValueError):
        return match.group()
    return _storable(value)


def _storable(value: str) -> str:
    """Lone surrogates cannot be stored as UTF-8; their escapes can."""
    return value.encode("utf-8", "backslashreplace").decode("utf-8")
