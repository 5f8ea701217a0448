"""The intermediate representation of a module: its code without trivia, small, typed and serialisable.

Every later question – names, calls, control flow, conditions – is answered from this tree. It is a pure function of the file's
bytes: no path, no module name, nothing resolved. Comments are gone except the header block; only code counts.

Positions are ``(line, column, end_line, end_column)``, counted from 1, on statements, calls and awaits.
"""

from __future__ import annotations

import msgspec

Span = tuple[int, int, int, int]


class _Node(msgspec.Struct, array_like=True, tag_field="node", tag=True, frozen=True, gc=False):
    """Base of all nodes: immutable, acyclic, encoded as a tagged array."""


# --- expressions ------------------------------------------------------------------------------------------------


class Name(_Node, frozen=True):
    id: str


class Str(_Node, frozen=True):
    value: str


class Num(_Node, frozen=True):
    text: str


class Const(_Node, frozen=True):
    """``None``, ``True``, ``False``, ``...`` or a bytes literal (kept as source text)."""

    text: str


class Attr(_Node, frozen=True):
    value: Expr
    name: str


class Arg(_Node, frozen=True):
    value: Expr
    keyword: str | None = None
    star: int = 0
    """0 plain, 1 ``*value``, 2 ``**value``."""


class Call(_Node, frozen=True):
    func: Expr
    args: tuple[Arg, ...]
    at: Span


class Await(_Node, frozen=True):
    value: Expr
    at: Span


class BinOp(_Node, frozen=True):
    op: str
    left: Expr
    right: Expr


class BoolOp(_Node, frozen=True):
    op: str
    """``and`` or ``or``."""
    left: Expr
    right: Expr


class Compare(_Node, frozen=True):
    left: Expr
    ops: tuple[str, ...]
    rights: tuple[Expr, ...]


class Unary(_Node, frozen=True):
    op: str
    operand: Expr


class IfExp(_Node, frozen=True):
    test: Expr
    body: Expr
    orelse: Expr


class Subscript(_Node, frozen=True):
    value: Expr
    index: tuple[Expr, ...]


class Slice(_Node, frozen=True):
    lower: Expr | None
    upper: Expr | None
    step: Expr | None


class Seq(_Node, frozen=True):
    kind: str
    """``tuple``, ``list`` or ``set``."""
    items: tuple[Expr, ...]


class Dict(_Node, frozen=True):
    keys: tuple[Expr | None, ...]
    """None marks a ``**spread``."""
    values: tuple[Expr, ...]


class Star(_Node, frozen=True):
    value: Expr


class Clause(_Node, frozen=True):
    target: Expr
    iter: Expr
    ifs: tuple[Expr, ...]
    is_async: bool


class Comp(_Node, frozen=True):
    kind: str
    """``list``, ``set``, ``dict`` or ``generator``."""
    elt: Expr
    value: Expr | None
    """The value of a dict comprehension."""
    clauses: tuple[Clause, ...]


class Lambda(_Node, frozen=True):
    params: tuple[Param, ...]
    body: Expr


class Yield(_Node, frozen=True):
    value: Expr | None
    is_from: bool = False


class Walrus(_Node, frozen=True):
    target: Expr
    value: Expr


class FString(_Node, frozen=True):
    parts: tuple[Expr, ...]
    """``Str`` for the literal text between the holes."""


Expr = (
    Name
    | Str
    | Num
    | Const
    | Attr
    | Call
    | Await
    | BinOp
    | BoolOp
    | Compare
    | Unary
    | IfExp
    | Subscript
    | Slice
    | Seq
    | Dict
    | Star
    | Comp
    | Lambda
    | Yield
    | Walrus
    | FString
)


# --- statements -------------------------------------------------------------------------------------------------


class Param(_Node, frozen=True):
    name: str
    kind: str
    """``posonly``, ``arg``, ``vararg``, ``kwonly`` or ``kwarg``."""
    annotation: Expr | None = None
    default: Expr | None = None


class ExprStmt(_Node, frozen=True):
    value: Expr
    at: Span


class Assign(_Node, frozen=True):
    targets: tuple[Expr, ...]
    value: Expr
    at: Span


class AnnAssign(_Node, frozen=True):
    target: Expr
    annotation: Expr
    value: Expr | None
    at: Span


class AugAssign(_Node, frozen=True):
    target: Expr
    op: str
    value: Expr
    at: Span


class Return(_Node, frozen=True):
    value: Expr | None
    at: Span


class Raise(_Node, frozen=True):
    exc: Expr | None
    cause: Expr | None
    at: Span


class Assert(_Node, frozen=True):
    test: Expr
    msg: Expr | None
    at: Span


class Delete(_Node, frozen=True):
    targets: tuple[Expr, ...]
    at: Span


class Jump(_Node, frozen=True):
    kind: str
    """``break`` or ``continue``."""
    at: Span


class ScopeDecl(_Node, frozen=True):
    kind: str
    """``global`` or ``nonlocal``."""
    names: tuple[str, ...]


class Alias(_Node, frozen=True):
    name: str
    """Dotted for ``import a.b``; one identifier, or ``*``, for ``from m import name``."""
    asname: str | None
    at: Span


class Import(_Node, frozen=True):
    names: tuple[Alias, ...]
    lazy: bool
    at: Span


class ImportFrom(_Node, frozen=True):
    module: str
    """Empty for ``from . import x``."""
    level: int
    names: tuple[Alias, ...]
    lazy: bool
    at: Span


class If(_Node, frozen=True):
    test: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    at: Span


class While(_Node, frozen=True):
    test: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    at: Span


class For(_Node, frozen=True):
    target: Expr
    iter: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    is_async: bool
    at: Span


class Handler(_Node, frozen=True):
    type: Expr | None
    name: str | None
    body: tuple[Stmt, ...]
    at: Span


class Try(_Node, frozen=True):
    body: tuple[Stmt, ...]
    handlers: tuple[Handler, ...]
    orelse: tuple[Stmt, ...]
    final: tuple[Stmt, ...]
    at: Span


class WithItem(_Node, frozen=True):
    expr: Expr
    target: Expr | None


class With(_Node, frozen=True):
    items: tuple[WithItem, ...]
    body: tuple[Stmt, ...]
    is_async: bool
    at: Span


class Case(_Node, frozen=True):
    binds: tuple[str, ...]
    """Names the pattern binds."""
    guard: Expr | None
    irrefutable: bool
    body: tuple[Stmt, ...]


class Match(_Node, frozen=True):
    subject: Expr
    cases: tuple[Case, ...]
    at: Span


class FunctionDef(_Node, frozen=True):
    name: str
    params: tuple[Param, ...]
    returns: Expr | None
    decorators: tuple[Expr, ...]
    body: tuple[Stmt, ...]
    is_async: bool
    at: Span


class ClassDef(_Node, frozen=True):
    name: str
    bases: tuple[Arg, ...]
    """Base classes and class keywords, as written."""
    decorators: tuple[Expr, ...]
    body: tuple[Stmt, ...]
    at: Span


class TypeAlias(_Node, frozen=True):
    name: str
    value: Expr
    at: Span


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


class Comment(_Node, frozen=True):
    text: str
    line: int


class Module(_Node, frozen=True):
    body: tuple[Stmt, ...]
    header: tuple[Comment, ...]
    """Comments above the first statement, in order."""
    lines: int


def dotted(expr: Expr | None) -> str | None:
    """``a.b.c`` for a chain of attributes on a name; None for anything else."""
    parts: list[str] = []
    while isinstance(expr, Attr):
        parts.append(expr.name)
        expr = expr.value
    if not isinstance(expr, Name):
        return None
    parts.append(expr.id)
    return ".".join(reversed(parts))
