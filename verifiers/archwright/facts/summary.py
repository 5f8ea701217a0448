"""The small tier of facts: what a file imports, binds and mentions, computed from its IR.

A warm run needs only this for most files. Nothing here knows the file's path or module name; relative imports stay relative.
"""

from __future__ import annotations

import msgspec

from archwright.facts.ir import Span


class _Fact(msgspec.Struct, array_like=True, frozen=True, gc=False):
    pass


class ImportFact(_Fact, frozen=True):
    """One imported name: ``import a.b as c`` (``name`` empty) or ``from m import name as c``."""

    module: str
    level: int
    name: str
    """Empty for ``import module``; ``*`` for a star import."""
    bound: str
    """The local name it binds; empty for a star import."""
    root_only: bool
    """``import a.b`` binds just ``a``; ``import a.b as c`` and ``from a import b`` bind what they name."""
    mode: str
    """One of MODES."""
    scope: str
    """Qualified name of the enclosing function or class; empty at module level."""
    at: Span


MODES = (
    "runtime",
    "conditional",
    "fallback",
    "class-body",
    "local",
    "lazy",
    "type-only",
    "type-else",
    "dynamic",
    "attribute",
)
"""How an import happens. *runtime*: at module level, always. *conditional*: under an ``if``. *fallback*: in a ``try`` that handles
ImportError, or in such a handler. *class-body* and *local*: inside a class or a function. *lazy*: PEP 810. *type-only*: under
``if TYPE_CHECKING``; *type-else*: in its ``else``, which does run. *dynamic*: ``import_module("…")`` and its kin.
*attribute*: a submodule reached through an imported package, ``pkg.sub.name`` or ``getattr(pkg, "sub")``."""


class UseFact(_Fact, frozen=True):
    """Attributes read from an imported name, e.g. ``("analytics", "L6_drivers")`` on ``cus``; once per scope and chain."""

    imports: tuple[int, ...]
    """Indexes of the imports that may bind the name the chain starts from."""
    chain: tuple[str, ...]
    """The attribute names after it, constant ``getattr`` included."""
    scope: str
    mode: str
    at: Span


class DynamicFact(_Fact, frozen=True):
    """A place where code names a module in a string, or picks a submodule with ``getattr``."""

    how: str
    """``import_module``, ``__import__``, ``sys.modules``, ``getattr``, …"""
    target: str | None
    """The folded string; None when it is not a constant. Leading dots are kept; ``@name`` and ``@package`` stand for the
    importing module's own ``__name__`` and ``__package__``."""
    package: str | None
    """The folded package argument of a relative ``import_module``; empty when absent, None when not a constant."""
    imports: tuple[int, ...]
    """For ``getattr``: the imports that may bind the name it looks in …"""
    chain: tuple[str, ...]
    """… and the attributes between that name and the unknown one."""
    scope: str
    mode: str
    at: Span


class Binding(_Fact, frozen=True):
    """A name bound at module level."""

    name: str
    kind: str
    """``import``, ``function``, ``class``, ``alias`` (another dotted name) or ``value``."""
    target: str
    """For ``alias`` the dotted name; empty otherwise."""
    line: int


class Definition(_Fact, frozen=True):
    """A function or class, nested ones included."""

    qualname: str
    kind: str
    """``function`` or ``class``."""
    is_async: bool
    bases: tuple[str, ...]
    """Dotted names of base classes, as written."""
    decorators: tuple[str, ...]
    """Dotted names of decorators (of the callee where the decorator is a call), as written."""
    line: int


class HeaderKey(_Fact, frozen=True):
    """``# Key: value`` in the comment block above the code."""

    key: str
    value: str
    line: int


class Summary(_Fact, frozen=True):
    """What one file is, imports, binds, defines and mentions."""

    lines: int
    error: str
    """Why the file could not be read or parsed; empty when it could. All other facts are then empty."""
    error_at: tuple[int, int]
    docstring: str
    has_code: bool
    """Any statement besides a docstring and strings that stand about."""
    header: tuple[HeaderKey, ...]
    imports: tuple[ImportFact, ...]
    bindings: tuple[Binding, ...]
    definitions: tuple[Definition, ...]
    uses: tuple[UseFact, ...]
    dynamic: tuple[DynamicFact, ...]
    exports: tuple[str, ...] | None
    """``__all__`` where it is a constant."""
    has_getattr: bool
    """A module-level ``__getattr__`` (PEP 562)."""
    identifiers: str
    """Every identifier that occurs in code, and every identifier-like string, each between single spaces: a prefilter."""

    def mentions(self, identifier: str) -> bool:
        """Whether *identifier* occurs in the file's code at all."""
        return f" {identifier} " in self.identifiers


def unreadable(message: str, line: int = 1, column: int = 1, lines: int = 0) -> Summary:
    """The summary of a file whose code could not be had."""
    return Summary(lines, message, (line, column), "", False, (), (), (), (), (), (), None, False, "")
