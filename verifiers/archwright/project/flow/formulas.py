"""Propositional formulas over named atoms: how conditions in code are compared with conditions in contracts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec


class Fixed(msgspec.Struct, frozen=True):
    """A constant."""

    value: bool


class Atom(msgspec.Struct, frozen=True):
    """Something that is true or false, by the normalised text of its expression."""

    key: str


class Not(msgspec.Struct, frozen=True):
    """What is not so."""

    operand: Formula


class And(msgspec.Struct, frozen=True):
    """Both are so."""

    left: Formula
    right: Formula


class Or(msgspec.Struct, frozen=True):
    """At least one is so."""

    left: Formula
    right: Formula


Formula = Fixed | Atom | Not | And | Or

TRUE = Fixed(True)
FALSE = Fixed(False)


def negate(formula: Formula) -> Formula:
    """The negation, without stacking double ones."""
    if isinstance(formula, Fixed):
        return Fixed(not formula.value)
    return formula.operand if isinstance(formula, Not) else Not(formula)


def atoms(formula: Formula) -> Iterator[str]:
    """The keys of all atoms, left to right, repeated as they occur."""
    if isinstance(formula, Atom):
        yield formula.key
    elif isinstance(formula, Not):
        yield from atoms(formula.operand)
    elif isinstance(formula, And | Or):
        yield from atoms(formula.left)
        yield from atoms(formula.right)


def compiled(formula: Formula, bits: Mapping[str, int]) -> Callable[[int], bool | None]:
    """``truth`` of *formula* as a function of a set of bits; *bits* are the numbers of the atoms that are known."""
    if isinstance(formula, Fixed):
        value = formula.value
        return lambda state: value
    if isinstance(formula, Atom):
        mask = 1 << bits[formula.key] if formula.key in bits else 0
        return (lambda state: state & mask != 0) if mask else (lambda state: None)
    if isinstance(formula, Not):
        operand = compiled(formula.operand, bits)
        return lambda state: None if (inner := operand(state)) is None else not inner
    left, right = compiled(formula.left, bits), compiled(formula.right, bits)
    decisive = isinstance(formula, Or)

    def both(state: int) -> bool | None:
        first = left(state)
        if first is decisive:
            return decisive
        second = right(state)
        if second is decisive:
            return decisive
        return None if first is None or second is None else not decisive

    return both


def truth(formula: Formula, values: Mapping[str, bool]) -> bool | None:
    """The value of *formula* where *values* knows its atoms; None where that is not enough to tell (Kleene's logic)."""
    if isinstance(formula, Fixed):
        return formula.value
    if isinstance(formula, Atom):
        return values.get(formula.key)
    if isinstance(formula, Not):
        inner = truth(formula.operand, values)
        return None if inner is None else not inner
    left, right = truth(formula.left, values), truth(formula.right, values)
    decisive = isinstance(formula, Or)
    if left is decisive or right is decisive:
        return decisive
    return None if left is None or right is None else not decisive
