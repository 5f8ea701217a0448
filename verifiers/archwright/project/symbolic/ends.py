"""Where execution stands, and how it can end."""

from __future__ import annotations

from typing import Any

import msgspec

from archwright.facts import ir


class PathEndsError(Exception):
    """What was called never returns normally."""


class Frame(msgspec.Struct, frozen=True):
    """The body being executed, and how it came to be."""

    scope: Any
    """Its ``Scope``."""
    trail: tuple[tuple[Any, ir.Call], ...] = ()
    """The calls that led here: (scope, call), outermost first."""
