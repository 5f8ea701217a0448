"""libcst's operators as the signs they are written with."""

from __future__ import annotations

import libcst as cst


class UnknownSyntaxError(Exception):
    """A node this version of the extractor does not know; the file becomes a finding, never a guess."""


def operator(node: cst.CSTNode, table: dict[type, str]) -> str:
    """The sign of an operator that is in *table*. Raises UnknownSyntaxError."""
    try:
        return table[type(node)]
    except KeyError:
        raise UnknownSyntaxError(type(node).__name__) from None


BINARY: dict[type, str] = {
    cst.Add: "+",
    cst.BitAnd: "&",
    cst.BitOr: "|",
    cst.BitXor: "^",
    cst.Divide: "/",
    cst.FloorDivide: "//",
    cst.LeftShift: "<<",
    cst.MatrixMultiply: "@",
    cst.Modulo: "%",
    cst.Multiply: "*",
    cst.Power: "**",
    cst.RightShift: ">>",
    cst.Subtract: "-",
}
UNARY: dict[type, str] = {cst.Not: "not", cst.Minus: "-", cst.Plus: "+", cst.BitInvert: "~"}
COMPARE: dict[type, str] = {
    cst.Equal: "==",
    cst.GreaterThan: ">",
    cst.GreaterThanEqual: ">=",
    cst.In: "in",
    cst.Is: "is",
    cst.IsNot: "is not",
    cst.LessThan: "<",
    cst.LessThanEqual: "<=",
    cst.NotEqual: "!=",
    cst.NotIn: "not in",
}
