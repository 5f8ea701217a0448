"""The intermediate representation of a module: its code without trivia, small, typed and serialisable.

Every later question – names, calls, control flow, conditions – is answered from this tree. It is a pure function of the file's
bytes: no path, no module name, nothing resolved. Comments are gone except the header block; only code counts.

Positions are ``(line, column, end_line, end_column)``, counted from 1, on statements, calls and awaits.
"""

from __future__ import annotations

from archwright.facts.ir_expressions import (
    Arg,
    Attr,
    Await,
    BinOp,
    BoolOp,
    Call,
    Clause,
    Comp,
    Compare,
    Const,
    Dict,
    Expr,
    FString,
    IfExp,
    Lambda,
    Name,
    Node,
    Num,
    Param,
    Seq,
    Slice,
    Span,
    Star,
    Str,
    Subscript,
    Unary,
    Walrus,
    Yield,
    dotted,
)

__all__ = [
    "Alias", "AnnAssign", "Arg", "Assert", "Assign", "Attr", "AugAssign", "Await", "BinOp",
    "BoolOp", "Call", "Case", "ClassDef", "ClassPattern", "Clause", "Comment", "Comp", "Compare", "Const", "Delete",
    "Dict", "Expr", "ExprStmt", "FString", "For", "FunctionDef", "Handler", "If", "IfExp", "Import",
    "ImportFrom", "Jump", "Lambda", "Match", "Module", "Name", "Num", "Param", "Raise", "Return",
    "ScopeDecl", "Seq", "Slice", "Span", "Star", "Stmt", "Str", "Subscript", "Tell", "Try", "TypeAlias",
    "TypeParam",
    "Unary", "Walrus", "While", "With", "WithItem", "Yield", "dotted",
]  # fmt: skip


class ExprStmt(Node, frozen=True):
    value: Expr
    at: Span


class Assign(Node, frozen=True):
    targets: tuple[Expr, ...]
    value: Expr
    at: Span


class AnnAssign(Node, frozen=True):
    target: Expr
    annotation: Expr
    value: Expr | None
    at: Span


class AugAssign(Node, frozen=True):
    target: Expr
    op: str
    value: Expr
    at: Span


class Return(Node, frozen=True):
    value: Expr | None
    at: Span


class Raise(Node, frozen=True):
    exc: Expr | None
    cause: Expr | None
    at: Span


class Assert(Node, frozen=True):
    test: Expr
    msg: Expr | None
    at: Span


class Delete(Node, frozen=True):
    targets: tuple[Expr, ...]
    at: Span


class Jump(Node, frozen=True):
    kind: str
    """``break`` or ``continue``."""
    at: Span


class ScopeDecl(Node, frozen=True):
    kind: str
    """``global`` or ``nonlocal``."""
    names: tuple[str, ...]


class Alias(Node, frozen=True):
    name: str
    """Dotted for ``import a.b``; one identifier, or ``*``, for ``from m import name``."""
    asname: str | None
    at: Span


class Import(Node, frozen=True):
    names: tuple[Alias, ...]
    lazy: bool
    at: Span


class ImportFrom(Node, frozen=True):
    module: str
    """Empty for ``from . import x``."""
    level: int
    names: tuple[Alias, ...]
    lazy: bool
    at: Span


class If(Node, frozen=True):
    test: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    at: Span


class While(Node, frozen=True):
    test: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    at: Span


class For(Node, frozen=True):
    target: Expr
    iter: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    is_async: bool
    at: Span


class Handler(Node, frozen=True):
    type: Expr | None
    name: str | None
    body: tuple[Stmt, ...]
    at: Span


class Try(Node, frozen=True):
    body: tuple[Stmt, ...]
    handlers: tuple[Handler, ...]
    orelse: tuple[Stmt, ...]
    final: tuple[Stmt, ...]
    at: Span


class WithItem(Node, frozen=True):
    expr: Expr
    target: Expr | None


class With(Node, frozen=True):
    items: tuple[WithItem, ...]
    body: tuple[Stmt, ...]
    is_async: bool
    at: Span


class ClassPattern(Node, frozen=True):
    """``cls(x, name=y)`` somewhere in a pattern: an ``isinstance`` that reads attributes."""

    cls: Expr
    positional: int
    """How many of the attributes that ``__match_args__`` names are read."""
    keywords: tuple[str, ...]
    """The other attributes that are read."""


class Tell(Node, frozen=True):
    """What holds of a name when a pattern has matched."""

    name: str
    """Empty for the subject of the match itself."""
    classes: tuple[int, ...]
    """The class patterns of the case, by their number, one of which has matched it."""


class Case(Node, frozen=True):
    binds: tuple[str, ...]
    """Names the pattern binds."""
    guard: Expr | None
    irrefutable: bool
    body: tuple[Stmt, ...]
    classes: tuple[ClassPattern, ...] = ()
    tells: tuple[Tell, ...] = ()
    values: tuple[Expr, ...] = ()
    """What the subject, or a part of it, is compared with."""


class Match(Node, frozen=True):
    subject: Expr
    cases: tuple[Case, ...]
    at: Span


class TypeParam(Node, frozen=True):
    """A type parameter of PEP 695."""

    name: str
    bound: Expr | None
    """Its bound, or its constraints as a tuple."""
    star: int = 0
    """0 a type, 1 ``*Ts``, 2 ``**P``."""


class FunctionDef(Node, frozen=True):
    name: str
    params: tuple[Param, ...]
    returns: Expr | None
    decorators: tuple[Expr, ...]
    body: tuple[Stmt, ...]
    is_async: bool
    at: Span
    type_params: tuple[TypeParam, ...] = ()


class ClassDef(Node, frozen=True):
    name: str
    bases: tuple[Arg, ...]
    """Base classes and class keywords, as written."""
    decorators: tuple[Expr, ...]
    body: tuple[Stmt, ...]
    at: Span
    type_params: tuple[TypeParam, ...] = ()


class TypeAlias(Node, frozen=True):
    name: str
    value: Expr
    at: Span
    type_params: tuple[TypeParam, ...] = ()


Stmt = (
    ExprStmt
    | Assign
    | AnnAssign
    | AugAssign
    | Return
    | Raise
    | Assert
    | Delete
    | Jump
    | ScopeDecl
    | Import
    | ImportFrom
    | If
    | While
    | For
    | Try
    | With
    | Match
    | FunctionDef
    | ClassDef
    | TypeAlias
)


class Comment(Node, frozen=True):
    text: str
    line: int


class Module(Node, frozen=True):
    body: tuple[Stmt, ...]
    header: tuple[Comment, ...]
    """Comments above the first statement, in order."""
    lines: int
