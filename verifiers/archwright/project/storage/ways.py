"""Conditions that cannot be told: both ways are taken, and where they differ once they meet again, that is in doubt.

A way that leaves early – by ``return``, ``break`` or ``continue`` – is set aside, and meets the others where it leads to: at the
end of the function, behind the loop, at the next round of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from archwright.facts import ir
from archwright.model import Location
from archwright.project.storage.core_statements import harmless_beginning
from archwright.project.storage.frames import Frame
from archwright.project.storage.literals import Outside, Unknown, is_known

if TYPE_CHECKING:
    from archwright.project.storage.execute import Executor

_REASON = "a condition that cannot be told decides about it"
_DATABASES = frozenset({"alembic", "sqlalchemy", "sqlmodel"})
"""Packages whose functions may change a schema."""


class Exit(Enum):
    """How a block ended."""

    NEXT = "next"
    RETURN = "return"
    RAISE = "raise"
    BREAK = "break"
    CONTINUE = "continue"


class MissingError(Exception):
    """The code under judgement asks for what is not there."""


@dataclass(frozen=True, slots=True)
class Left:
    """A way that has left the body that runs, after a condition that cannot be told."""

    how: Exit
    value: Any
    state: Any
    names: dict[str, Any]
    at: Location


def any_of(executor: Executor[Any], ways: tuple[ir.Expr, ...], frame: Frame, depth: int) -> Any:
    """One of several expressions, or none of them: their value, if they all have the same."""
    before = executor.state.copy()
    values: list[Any] = []
    for way in ways:
        after, executor.state = executor.state, before.copy()
        try:
            values.append(executor.evaluate(way, frame, depth))
        except MissingError:
            values.append(Unknown("what is not there"))
        if not after.same(executor.state):
            after.merge(executor.state, _REASON, executor.place)
        executor.state = after
    if is_known(values) and all(value == values[0] for value in values):
        return values[0]
    away = all(isinstance(v, Outside) and v.name.partition(".")[0] not in _DATABASES for v in values)
    return Unknown("a choice that cannot be told", away=away)


def both(executor: Executor[Any], statement: ir.If, frame: Frame) -> tuple[Exit, Any] | None:
    """Both ways of an undecided condition; None where at least one goes on to the next statement."""
    at = executor.at(frame, statement.at)
    before, names = executor.state.copy(), dict(frame.names)
    first = Left(*executor.block(statement.body, frame), executor.state, frame.names, at)
    executor.state, frame.names = before, names
    second = Left(*executor.block(statement.orelse, frame), executor.state, frame.names, at)
    # A migration that raises leaves nothing behind.
    if first.how is Exit.RAISE:
        return None if second.how is Exit.NEXT else (second.how, second.value)
    if second.how is first.how:
        executor.state, frame.names = first.state, first.names
        value = _join(executor, second, first.value, frame)
        return None if first.how is Exit.NEXT else (first.how, value)
    stays, leaves = (second, first) if second.how is Exit.NEXT else (first, second)
    executor.state, frame.names = stays.state, stays.names
    if leaves.how is not Exit.RAISE:
        executor.left.append(leaves)
    return None if stays.how is Exit.NEXT else (stays.how, stays.value)


def rejoined(executor: Executor[Any], ended: tuple[Exit, Any], frame: Frame, kind: Exit) -> tuple[Exit, Any]:
    """How a body ends once the ways that left it by *kind* have come back to the one that *ended* so.

    Where that one leads somewhere else it is set aside in turn, and the others go on.
    """
    how, value = ended
    back = [way for way in executor.left if way.how is kind]
    executor.left = [way for way in executor.left if way.how is not kind]
    if back and how not in (Exit.NEXT, kind):
        first = back.pop(0)
        if how is not Exit.RAISE:
            executor.left.append(Left(how, value, executor.state, frame.names, first.at))
        how, value, executor.state, frame.names = kind, first.value, first.state, first.names
    for way in back:
        value = _join(executor, way, value, frame)
    return how, value


def maybe(
    executor: Executor[Any], body: tuple[ir.Stmt, ...], frame: Frame, at: ir.Span, reason: str
) -> tuple[Exit, Any]:
    """A body that may or may not run, any number of times, with names that are not known."""
    before = executor.state.copy()
    for name in _assigned(body):
        frame.names[name] = Unknown(reason)
    ended = executor.block(body, frame)
    for kind in (Exit.CONTINUE, Exit.BREAK):
        ended = rejoined(executor, ended, frame, kind)
    if ended[0] is Exit.RETURN:
        executor.left.append(Left(*ended, executor.state, dict(frame.names), executor.at(frame, at)))
    if ended[0] in (Exit.RETURN, Exit.RAISE):
        executor.state = before
    elif not executor.state.same(before):
        executor.state.merge(before, reason, executor.at(frame, at))
    return Exit.NEXT, None


def _join(executor: Executor[Any], way: Left, value: Any, frame: Frame) -> Any:
    """Takes in that it may have gone another way; the value of both."""
    if not executor.state.same(way.state):
        executor.state.merge(way.state, _REASON, way.at)
    frame.names = {
        name: now if way.names.get(name) == now else _either(name, way.names.get(name), now)
        for name, now in {**way.names, **frame.names}.items()
    }
    return value if value == way.value else Unknown("it depends on a condition")


def _either(name: str, first: Any, second: Any) -> Unknown:
    """What a name is after a condition that cannot be told; of two queries it is known that they are such."""
    beginnings = {harmless_beginning(value) for value in (first, second)}
    beginning = beginnings.pop() if len(beginnings) == 1 else ""
    return Unknown(f"`{name}` depends on a condition", beginning=beginning)


def _assigned(body: tuple[ir.Stmt, ...]) -> list[str]:
    names: list[str] = []
    for statement in body:
        targets = statement.targets if isinstance(statement, ir.Assign) else ()
        names += [t.id for t in targets if isinstance(t, ir.Name)]
        if isinstance(statement, ir.AugAssign | ir.AnnAssign | ir.For) and isinstance(
            statement.target, ir.Name
        ):
            names.append(statement.target.id)
    return names
