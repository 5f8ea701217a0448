"""What names mean at one place of a body only: types that a test has told, variables of comprehensions.

``if isinstance(row, Order): row.total`` – only where the test must have held, and as long as nothing gives the name another value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from archwright.facts import ir
from archwright.facts.binding import target_names
from archwright.facts.walk import children, walk, walk_own

Told = tuple[str, ir.Expr]
"""A name and the class, or tuple of classes, it is an instance of."""


@dataclass(frozen=True, slots=True)
class Locals:
    """By the ``id`` of the node of a name."""

    told: Mapping[int, ir.Expr]
    """The class, or tuple of classes, it is an instance of."""
    clauses: Mapping[int, ir.Clause]
    """The clause of a comprehension that gives it its value."""


def read_locals(body: tuple[ir.Stmt, ...]) -> Locals:
    """What names in *body* mean where they stand."""
    told: dict[int, ir.Expr] = {}
    clauses: dict[int, ir.Clause] = {}
    blocks = [body]
    while blocks:
        blocks += _read(blocks.pop(), told)
    for node in walk_own(body):
        if isinstance(node, ir.IfExp):
            _mark((node.body,), _if_true(node.test), told)
            _mark((node.orelse,), _if_false(node.test), told)
        elif isinstance(node, ir.BoolOp):
            _mark((node.right,), (_if_true if node.op == "and" else _if_false)(node.left), told)
        elif isinstance(node, ir.Comp):
            _comprehension(node, told, clauses)
    return Locals(told, clauses)


def _comprehension(node: ir.Comp, told: dict[int, ir.Expr], clauses: dict[int, ir.Clause]) -> None:
    given = (node.elt,) if node.value is None else (node.elt, node.value)
    for position, clause in enumerate(node.clauses):
        _mark(given, [known for test in clause.ifs for known in _if_true(test)], told)
        names = set(target_names(clause.target))
        seen_by = (*given, *clause.ifs, *(later.iter for later in node.clauses[position + 1 :]))
        for part in (part for expr in seen_by for part in walk(expr)):
            if isinstance(part, ir.Name) and part.id in names:
                clauses[id(part)] = clause


def _read(body: tuple[ir.Stmt, ...], found: dict[int, ir.Expr]) -> Iterator[tuple[ir.Stmt, ...]]:
    """*found* takes in what the statements of one block tell of those behind them and of the blocks in them: these come back."""
    told: dict[str, ir.Expr] = {}
    for statement in body:
        if told:
            _mark((statement,), told.items(), found)
            for name in _given_in(statement):
                told.pop(name, None)
        if isinstance(statement, ir.If):
            when_true, when_false = list(_if_true(statement.test)), list(_if_false(statement.test))
            _mark(statement.body, when_true, found)
            _mark(statement.orelse, when_false, found)
            if when_false and _leaves(statement.body):
                told.update(when_false)
            if when_true and _leaves(statement.orelse):
                told.update(when_true)
        elif isinstance(statement, ir.While):
            _mark(statement.body, _if_true(statement.test), found)
        elif isinstance(statement, ir.Assert):
            told.update(_if_true(statement.test))
        elif isinstance(statement, ir.Match):
            for case in statement.cases:
                given = (case.body,) if case.guard is None else ((case.guard,), case.body)
                for part in given:
                    _mark(part, _if_matched(case, statement.subject), found)
        for block in children(statement):
            if isinstance(block, ir.Handler | ir.Case):
                yield block.body
        if isinstance(statement, ir.If | ir.For | ir.While | ir.Try | ir.With):
            yield statement.body
        if isinstance(statement, ir.If | ir.For | ir.While | ir.Try):
            yield statement.orelse
        if isinstance(statement, ir.Try):
            yield statement.final


def _leaves(body: tuple[ir.Stmt, ...]) -> bool:
    """Whether control surely does not come out at the end of *body*."""
    last = body[-1] if body else None
    while isinstance(last, ir.If):
        if not _leaves(last.body):
            return False
        last = last.orelse[-1] if last.orelse else None
    return isinstance(last, ir.Return | ir.Raise | ir.Jump)


def _mark(nodes: tuple[Any, ...], told: Iterable[Told], found: dict[int, ir.Expr]) -> None:
    """Records what is told of names in *nodes*, up to the first that gives the name another value."""
    known = dict(told)
    for node in nodes if known else ():
        for name in _given_in(node):
            known.pop(name, None)
        if not known:
            return
        for part in walk_own((node,)):
            if isinstance(part, ir.Name) and part.id in known:
                found.setdefault(id(part), known[part.id])


def _given_in(node: Any) -> set[str]:
    return set().union(*map(_given, walk_own((node,))))


def _given(node: object) -> set[str]:
    """The names that *node* may give another value."""
    if isinstance(node, ir.Assign | ir.Delete):
        targets: tuple[ir.Expr, ...] = node.targets
    elif isinstance(node, ir.AnnAssign | ir.AugAssign | ir.For | ir.Walrus):
        targets = (node.target,)
    elif isinstance(node, ir.With):
        targets = tuple(item.target for item in node.items if item.target is not None)
    elif isinstance(node, ir.Match):
        return {name for case in node.cases for name in case.binds}
    else:
        return set()
    return {part.id for target in targets for part in walk(target) if isinstance(part, ir.Name)}


def _if_true(test: ir.Expr) -> Iterator[Told]:
    return _told(test, "and", outcome=True)


def _if_false(test: ir.Expr) -> Iterator[Told]:
    return _told(test, "or", outcome=False)


def _if_matched(case: ir.Case, subject: ir.Expr) -> Iterator[Told]:
    if isinstance(subject, ir.Walrus):
        subject = subject.target
    for tell in case.tells:
        classes = ir.Seq("tuple", tuple(case.classes[number].cls for number in tell.classes))
        if tell.name:
            yield tell.name, classes
        elif isinstance(subject, ir.Name) and subject.id not in case.binds:
            yield subject.id, classes


def _told(test: ir.Expr, joint: str, *, outcome: bool) -> Iterator[Told]:
    """What is told if *test* has that outcome; all parts of a condition joined by *joint* have it then."""
    pending = [(test, joint, outcome)]
    while pending:
        part, word, holds = pending.pop()
        if isinstance(part, ir.BoolOp) and part.op == word:
            pending += [(part.left, word, holds), (part.right, word, holds)]
        elif isinstance(part, ir.Unary) and part.op == "not":
            pending.append((part.operand, "or" if word == "and" else "and", not holds))
        elif holds and isinstance(part, ir.Call) and part.func == ir.Name("isinstance"):
            subject = part.args[0].value if len(part.args) == 2 else None
            if isinstance(subject, ir.Walrus):
                subject = subject.target
            if isinstance(subject, ir.Name):
                yield subject.id, part.args[1].value
