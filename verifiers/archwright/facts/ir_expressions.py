"""The expressions of the intermediate representation."""

from __future__ import annotations

import msgspec

Span = tuple[int, int, int, int]


class Node(msgspec.Struct, array_like=True, tag_field="node", tag=True, frozen=True, gc=False):
    """Base of all nodes: immutable, acyclic, encoded as a tagged array."""


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


class Name(Node, frozen=True):
    id: str


class Str(Node, frozen=True):
    value: str


class Num(Node, frozen=True):
    text: str


class Const(Node, frozen=True):
    """``None``, ``True``, ``False``, ``...`` or a bytes literal (kept as source text)."""

    text: str


class Attr(Node, frozen=True):
    value: Expr
    name: str


class Arg(Node, frozen=True):
    value: Expr
    keyword: str | None = None
    star: int = 0
    """0 plain, 1 ``*value``, 2 ``**value``."""


class Call(Node, frozen=True):
    func: Expr
    args: tuple[Arg, ...]
    at: Span


class Await(Node, frozen=True):
    value: Expr
    at: Span


class BinOp(Node, frozen=True):
    op: str
    left: Expr
    right: Expr


class BoolOp(Node, frozen=True):
    op: str
    """``and`` or ``or``."""
    left: Expr
    right: Expr


class Compare(Node, frozen=True):
    left: Expr
    ops: tuple[str, ...]
    rights: tuple[Expr, ...]


class Unary(Node, frozen=True):
    op: str
    operand: Expr


class IfExp(Node, frozen=True):
    test: Expr
    body: Expr
    orelse: Expr


class Subscript(Node, frozen=True):
    value: Expr
    index: tuple[Expr, ...]


class Slice(Node, frozen=True):
    lower: Expr | None
    upper: Expr | None
    step: Expr | None


class Seq(Node, frozen=True):
    kind: str
    """``tuple``, ``list`` or ``set``."""
    items: tuple[Expr, ...]


class Dict(Node, frozen=True):
    keys: tuple[Expr | None, ...]
    """None marks a ``**spread``."""
    values: tuple[Expr, ...]


class Star(Node, frozen=True):
    value: Expr


class Clause(Node, frozen=True):
    target: Expr
    iter: Expr
    ifs: tuple[Expr, ...]
    is_async: bool


class Comp(Node, frozen=True):
    kind: str
    """``list``, ``set``, ``dict`` or ``generator``."""
    elt: Expr
    value: Expr | None
    """The value of a dict comprehension."""
    clauses: tuple[Clause, ...]


class Lambda(Node, frozen=True):
    params: tuple[Param, ...]
    body: Expr


class Yield(Node, frozen=True):
    value: Expr | None
    is_from: bool = False


class Walrus(Node, frozen=True):
    target: Expr
    value: Expr


class FString(Node, frozen=True):
    parts: tuple[Expr, ...]
    """``Str`` for the literal text between the holes."""


class Param(Node, frozen=True):
    name: str
    kind: str
    """``posonly``, ``arg``, ``vararg``, ``kwonly`` or ``kwarg``."""
    annotation: Expr | None = None
    default: Expr | None = None


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
