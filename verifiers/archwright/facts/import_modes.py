"""In which way an import is made: when a module is loaded, on a condition, only for types, in a function."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from archwright.facts import ir
from archwright.facts.frames import Frames

_TYPE_CHECKING = ("typing.TYPE_CHECKING", "typing_extensions.TYPE_CHECKING")


class Modes:
    """What stands around the code at hand."""

    def __init__(self, frames: Frames) -> None:
        self._frames = frames
        self._around: list[str | None] = []

    @contextmanager
    def inside(self, mode: str | None) -> Iterator[None]:
        """Enters a block; None for one that changes nothing."""
        self._around.append(mode)
        yield
        self._around.pop()

    def current(self) -> str:
        """How an import is made at the code at hand."""
        for mode in ("type-only", "local", "class-body", "type-else", "fallback", "conditional"):
            if mode in self._around:
                return mode
        return "runtime"

    def of_branches(self, test: ir.Expr) -> tuple[str, str]:
        """How imports are made behind a test, and behind its else."""
        if self._is_type_checking(test):
            return "type-only", "type-else"
        if isinstance(test, ir.Unary) and test.op == "not" and self._is_type_checking(test.operand):
            return "type-else", "type-only"
        if isinstance(test, ir.BoolOp) and test.op == "and":
            parts = (test.left, test.right)
            if any(self._is_type_checking(part) for part in parts):
                return "type-only", "conditional"
        return "conditional", "conditional"

    def _is_type_checking(self, test: ir.Expr) -> bool:
        """Only ``typing.TYPE_CHECKING`` itself, or a module constant set to False under that name, is never true."""
        name = ir.dotted(test)
        if name is None:
            return False
        if any(how.kind == "assign" and not _is_false(how.value) for how in self._frames.lookup(name)):
            return name != "TYPE_CHECKING" and self._frames.absolute(name) in _TYPE_CHECKING
        if self._frames.absolute(name) in _TYPE_CHECKING:
            return True
        return name == "TYPE_CHECKING" and _is_false(self._frames.module.only(name))


def catches_import(handler: ir.Handler) -> bool:
    """Whether an import that fails is caught there."""
    kinds = handler.type.items if isinstance(handler.type, ir.Seq) else (handler.type,)
    names = {ir.dotted(kind) for kind in kinds}
    return bool(names & {None, "ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


def _is_false(expr: ir.Expr | None) -> bool:
    return isinstance(expr, ir.Const) and expr.text == "False"
